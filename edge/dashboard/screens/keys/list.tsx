import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Copyable } from '../../components/copy.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { useSession } from '../../components/session-select.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { SandboxBadge, Status } from '../../components/status.tsx';
import { Cell, Row, Table } from '../../components/table.tsx';
import { Ago, Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { KeyMenu } from './actions.tsx';
import { CreateKey } from './create.tsx';
import { type ApiKey, keysQuery } from './key.ts';
import { ShownOnce } from './shown-once.tsx';

const { columns } = t.keys;

export function KeyList(): ReactElement {
  const { create = false } = useSearch({ from: '/shell/keys' });
  const { data: keys, error, refetch } = useQuery(keysQuery);
  const [shown, setShown] = useState<Schemas['NewApiKey']>();
  const navigate = useNavigate();
  const setCreate = (isOpen: boolean): void => {
    void navigate({ to: '/keys', search: isOpen ? { create: true } : {} });
  };
  const createButton = (
    <Button look="primary" onClick={() => setCreate(true)}>
      <Icon name="plus" />
      {t.keys.create}
    </Button>
  );
  return (
    <Page
      title={t.keys.title}
      lead={t.keys.lead}
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'GET', path: '/v1/keys' },
              {
                method: 'POST',
                path: '/v1/keys',
                body: { name: 'shop', scopes: ['messages:send'], mode: 'test' },
              },
            ]}
          />
          {createButton}
        </>
      }
    >
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {keys === undefined && error === null && <Loading />}
      {keys?.length === 0 && (
        <Empty title={t.keys.empty} action={createButton}>
          {t.keys.emptyLead}
        </Empty>
      )}
      {keys !== undefined && keys.length > 0 && (
        <Table
          label={t.keys.title}
          columns={[columns.name, columns.scopes, columns.limits, columns.used, columns.status, '']}
        >
          {keys.map((key) => (
            <Row key={key.id}>
              <Cell>
                <span className="flex items-center gap-2 pt-1.5 font-medium">
                  {key.name}
                  {key.mode === 'test' && <SandboxBadge />}
                </span>
                <span className="text-muted">
                  <Copyable text={key.id} label={t.common.copy(columns.id)} />
                </span>
              </Cell>
              <Cell className="max-w-64 text-muted">
                <span className="block truncate" title={key.scopes.join(', ')}>
                  {key.scopes.includes('*') ? t.keys.everything : key.scopes.join(', ')}
                </span>
              </Cell>
              <Cell className="text-muted">
                <KeyLimits apiKey={key} />
              </Cell>
              <Cell className="text-muted">
                {key.lastUsedAt === null ? t.common.never : <Ago at={key.lastUsedAt} />}
              </Cell>
              <Cell>
                <KeyState apiKey={key} />
              </Cell>
              <Cell className="w-0">
                <KeyMenu apiKey={key} onShow={setShown} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {create && (
        <CreateKey
          onClose={() => setCreate(false)}
          onCreated={(made) => {
            setShown(made);
            setCreate(false);
          }}
        />
      )}
      {shown !== undefined && <ShownOnce apiKey={shown.key} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

/** What narrows the key, beside its scopes. */
function KeyLimits({ apiKey }: { apiKey: ApiKey }): ReactElement {
  const { sessions = [] } = useSession(undefined);
  const { sessionId, allowedIps, expiresAt } = apiKey;
  const limits: ReactNode[] = [];
  if (sessionId !== null)
    limits.push(sessions.find(({ id }) => id === sessionId)?.name ?? t.keys.unknownSession);
  if (allowedIps !== null)
    limits.push(<span title={allowedIps.join(', ')}>{t.keys.addresses(allowedIps.length)}</span>);
  if (expiresAt !== null)
    limits.push(
      <>
        {t.keys.until} <Exact at={expiresAt} />
      </>,
    );
  return (
    <>
      {limits.length === 0 ? '–' : null}
      {limits.map((limit, index) => (
        <span key={index} className="block text-sm">
          {limit}
        </span>
      ))}
    </>
  );
}

function KeyState({ apiKey }: { apiKey: ApiKey }): ReactElement {
  if (apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now())
    return <Status tone="off" word={t.keys.expired} />;
  return apiKey.isActive ? (
    <Status tone="good" word={t.keys.active} />
  ) : (
    <Status tone="off" word={t.keys.paused} />
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';
import { CreateWebhook } from './create.tsx';
import { type Webhook, webhooksQuery } from './webhook.ts';

const { columns } = t.webhooks;

export function WebhookList(): ReactElement {
  const { create = false } = useSearch({ from: '/shell/webhooks' });
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery);
  const navigate = useNavigate();
  const setCreate = (isOpen: boolean): void => {
    void navigate({ to: '/webhooks', search: isOpen ? { create: true } : {} });
  };
  const createButton = (
    <Button look="primary" onClick={() => setCreate(true)}>
      <Icon name="plus" />
      {t.webhooks.create}
    </Button>
  );
  return (
    <Page
      title={t.webhooks.title}
      lead={t.webhooks.lead}
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'GET', path: '/v1/webhooks' },
              {
                method: 'POST',
                path: '/v1/webhooks',
                body: { url: 'https://example.com/hook', eventTypes: ['message.*'] },
              },
            ]}
          />
          {createButton}
        </>
      }
    >
      {error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {webhooks === undefined && error === null && <Loading />}
      {webhooks?.length === 0 && (
        <Empty title={t.webhooks.empty} action={createButton}>
          {t.webhooks.emptyLead}
        </Empty>
      )}
      {webhooks !== undefined && webhooks.length > 0 && (
        <Table label={t.webhooks.title} columns={[columns.url, columns.events, columns.status]}>
          {webhooks.map((webhook) => (
            <Row key={webhook.id}>
              <Cell className="w-full max-w-80">
                <Link
                  to="/webhooks/$webhookId"
                  params={{ webhookId: webhook.id }}
                  className={`${ROW_LINK} block truncate`}
                >
                  {webhook.url}
                </Link>
              </Cell>
              <Cell className="max-w-64 text-muted">
                <span className="block truncate">
                  {webhook.eventTypes.includes('*')
                    ? t.webhooks.allEvents
                    : webhook.eventTypes.join(', ')}
                </span>
              </Cell>
              <Cell>
                <WebhookState webhook={webhook} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      {create && <CreateWebhook onClose={() => setCreate(false)} />}
    </Page>
  );
}

export const WebhookState = ({ webhook }: { webhook: Pick<Webhook, 'isActive'> }): ReactElement =>
  webhook.isActive ? (
    <Status tone="good" word={t.webhooks.active} />
  ) : (
    <Status tone="bad" word={t.webhooks.off} />
  );

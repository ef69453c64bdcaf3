import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { Empty, ErrorNote, Loading } from '../../components/states.tsx';
import { Cell, Row, ROW_LINK, Table } from '../../components/table.tsx';
import { t } from '../../messages/en.ts';
import { CreateWebhook } from './create.tsx';
import { healthWords, WebhookState } from './health.tsx';
import { webhooksQuery } from './webhook.ts';

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
        <Table
          label={t.webhooks.title}
          columns={[columns.url, columns.events, columns.health, columns.status]}
        >
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
                {webhook.description !== null && (
                  <span className="block truncate text-sm text-muted">{webhook.description}</span>
                )}
              </Cell>
              <Cell className="max-w-64 text-muted">
                <span className="block truncate">
                  {webhook.eventTypes.includes('*')
                    ? t.webhooks.allEvents
                    : webhook.eventTypes.join(', ')}
                </span>
              </Cell>
              <Cell className="text-muted">{healthWords(webhook.health)}</Cell>
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

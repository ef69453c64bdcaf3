import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { WebhookActions } from './actions.tsx';
import { Deliveries } from './deliveries.tsx';
import { WebhookState } from './list.tsx';
import { webhookQuery } from './webhook.ts';

export function WebhookDetail(): ReactElement {
  const { webhookId } = useParams({ from: '/shell/webhooks/$webhookId' });
  const { data: webhook, error, refetch } = useQuery(webhookQuery(webhookId));
  if (webhook === undefined)
    return (
      <Page title={t.webhooks.title}>
        {error === null ? <Loading /> : <ErrorNote error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  const path = `/v1/webhooks/${webhook.id}`;
  return (
    <Page
      title={<span className="break-all">{webhook.url}</span>}
      lead={
        <span className="flex flex-wrap items-center gap-x-4">
          <WebhookState webhook={webhook} />
          {webhook.disabledReason !== null && <span>{webhook.disabledReason}</span>}
          <Copyable text={webhook.id} label={t.common.copy(t.webhooks.detail.id)} />
        </span>
      }
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'POST', path: `${path}/test` },
              { method: 'GET', path: `${path}/deliveries` },
            ]}
          />
          <WebhookActions webhook={webhook} />
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      <Deliveries id={webhook.id} />
    </Page>
  );
}

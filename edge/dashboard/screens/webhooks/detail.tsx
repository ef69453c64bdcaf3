import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Copyable } from '../../components/copy.tsx';
import { Page } from '../../components/page.tsx';
import { ShowCall } from '../../components/show-call.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { t } from '../../messages/en.ts';
import { Tabs } from '../../components/tabs.tsx';
import { WebhookActions } from './actions.tsx';
import { Deliveries } from './deliveries.tsx';
import { HealthCard, WebhookState } from './health.tsx';
import { Verify } from './verify.tsx';
import { webhookQuery } from './webhook.ts';

const text = t.webhooks.detail;
const DAY_MS = 86_400_000;
const TABS = ['deliveries', 'verify'] as const;

export function WebhookDetail(): ReactElement {
  const { webhookId } = useParams({ from: '/shell/webhooks/$webhookId' });
  const { tab } = useSearch({ from: '/shell/webhooks/$webhookId' });
  const current = TABS.find((name) => name === tab) ?? 'deliveries';
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
          <Copyable text={webhook.id} label={t.common.copy(text.id)} />
        </span>
      }
      actions={
        <>
          <ShowCall
            calls={[
              { method: 'POST', path: `${path}/test` },
              { method: 'GET', path: `${path}/deliveries` },
              {
                method: 'POST',
                path: `${path}/redeliver`,
                body: { failedSince: new Date(Date.now() - DAY_MS).toISOString() },
              },
            ]}
          />
          <WebhookActions webhook={webhook} />
        </>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      <Tabs
        label={t.webhooks.title}
        current={current}
        tabs={TABS.map((id) => ({ id, label: text.tabs[id] }))}
      />
      {current === 'deliveries' && (
        <>
          <HealthCard webhook={webhook} />
          <Deliveries id={webhook.id} />
        </>
      )}
      {current === 'verify' && <Verify />}
    </Page>
  );
}

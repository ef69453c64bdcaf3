import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { count, percent } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { t } from '../../messages/en.ts';
import { webhooksQuery } from './queries.ts';

const text = t.overview.health;
const TONES = { healthy: 'good', failing: 'bad', disabled: 'off' } as const;
const LINK = 'text-sm text-accent underline underline-offset-2';

export function DeliveryHealth(): ReactElement {
  const { data: webhooks, error } = useQuery(webhooksQuery);
  return (
    <Card
      title={text.title}
      actions={
        <Link to="/webhooks" className={LINK}>
          {text.all}
        </Link>
      }
    >
      {error !== null && <ErrorNote error={error} />}
      {webhooks === undefined && error === null && <Loading rows={2} />}
      {webhooks?.length === 0 && (
        <p className="text-muted">
          {text.none}{' '}
          <Link to="/webhooks" search={{ create: true }} className={LINK}>
            {text.create}
          </Link>
        </p>
      )}
      {webhooks !== undefined && webhooks.length > 0 && (
        <ul className="-my-2 divide-y">
          {webhooks.map((webhook) => (
            <Endpoint key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Endpoint({ webhook }: { webhook: Schemas['Webhook'] }): ReactElement {
  const { status, attempts, successShare, p95Ms } = webhook.health;
  const facts = [
    text.attempts(count(attempts)),
    ...(successShare === null ? [] : [text.success(percent(successShare))]),
    ...(p95Ms === null ? [] : [text.p95(count(p95Ms))]),
  ];
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-0.5 py-2">
      <span className="flex justify-between gap-4">
        <Link
          to="/webhooks/$webhookId"
          params={{ webhookId: webhook.id }}
          className="min-w-0 truncate font-medium hover:underline"
        >
          {webhook.description ?? webhook.url}
        </Link>
        <Status tone={TONES[status]} word={text.status[status]} />
      </span>
      <span className="text-sm text-muted">{facts.join(' · ')}</span>
    </li>
  );
}

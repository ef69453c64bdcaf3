import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Facts } from '../../components/facts.tsx';
import { count, percent } from '../../components/numbers.ts';
import { Card } from '../../components/page.tsx';
import { useSession } from '../../components/session-select.tsx';
import { Status, type Tone } from '../../components/status.tsx';
import { Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { AttemptTicks } from './attempt-ticks.tsx';
import type { Webhook } from './webhook.ts';

const text = t.webhooks.health;
type Health = Schemas['WebhookHealth'];

const TONES: Readonly<Record<Health['status'], Tone>> = {
  healthy: 'good',
  failing: 'bad',
  disabled: 'off',
};

export const WebhookState = ({ webhook: { health } }: { webhook: Webhook }): ReactElement => (
  <Status tone={TONES[health.status]} word={text.status[health.status]} />
);

/** Of the last 24 hours, in a line. */
export function healthWords({ attempts, successShare }: Health): string {
  if (successShare === null) return text.none;
  return text.share(percent(successShare), text.attempts(count(attempts), attempts));
}

/** What the endpoint is like, and what it is subscribed to. */
export function HealthCard({ webhook }: { webhook: Webhook }): ReactElement {
  const { attempts, successShare, p95Ms } = webhook.health;
  const { disabledAt } = webhook;
  const headers = Object.keys(webhook.headers);
  return (
    <Card title={text.title}>
      <AttemptTicks id={webhook.id} />
      <Facts
        facts={[
          [text.answered, successShare === null ? text.none : percent(successShare)],
          [text.attemptsDay, count(attempts)],
          [text.latency, p95Ms === null ? text.none : `${count(p95Ms)} ms`],
          [
            text.events,
            <span key="events" className="font-mono text-sm wrap-anywhere">
              {webhook.eventTypes.join(', ')}
            </span>,
          ],
          [text.retries, text.attempts(count(webhook.maxAttempts), webhook.maxAttempts)],
          disabledAt === null
            ? [text.order, webhook.fifo ? text.fifo : text.anyOrder]
            : [text.disabledAt, <Exact key="off" at={disabledAt} />],
          [text.sessions, <SessionNames key="sessions" ids={webhook.sessionIds} />],
          ...(headers.length === 0 ? [] : ([[text.headers, headers.join(', ')]] as const)),
        ]}
      />
    </Card>
  );
}

function SessionNames({ ids }: { ids: Webhook['sessionIds'] }): ReactElement {
  const { sessions = [] } = useSession(undefined);
  if (ids === null) return <>{text.allSessions}</>;
  const nameOf = (id: string): string => sessions.find((session) => session.id === id)?.name ?? id;
  return <span className="wrap-anywhere">{ids.map(nameOf).join(', ')}</span>;
}

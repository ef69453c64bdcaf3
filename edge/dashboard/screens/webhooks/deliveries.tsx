import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Select } from '../../components/field.tsx';
import { Card } from '../../components/page.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Empty } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Ago, Exact } from '../../components/time.tsx';
import { LiveNote } from '../../components/live-note.tsx';
import { t } from '../../messages/en.ts';
import { deliveriesQuery, type Delivery, DELIVERY_STATUSES, TONES } from './webhook.ts';

const text = t.webhooks.detail;

export function Deliveries({ id }: { id: string }): ReactElement {
  const { status } = useSearch({ from: '/shell/webhooks/$webhookId' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(deliveriesQuery(id, status));
  return (
    <Card
      title={text.deliveries}
      actions={
        <span className="text-sm text-muted">
          <LiveNote />
        </span>
      }
    >
      <div className="max-w-56">
        <Select
          label={text.filter}
          value={status ?? ''}
          onChange={(event) => {
            const chosen = DELIVERY_STATUSES.find((one) => one === event.target.value);
            void navigate({ to: '.', search: chosen === undefined ? {} : { status: chosen } });
          }}
        >
          <option value="">{text.any}</option>
          {DELIVERY_STATUSES.map((one) => (
            <option key={one} value={one}>
              {t.webhooks.deliveryStatus[one]}
            </option>
          ))}
        </Select>
      </div>
      <PagedList
        list={list}
        empty={<Empty title={text.noDeliveries}>{text.noDeliveriesLead}</Empty>}
      >
        {(rows) => (
          <ul className="divide-y border-y">
            {rows.map((delivery) => (
              <li key={delivery.id}>
                <DeliveryRow delivery={delivery} />
              </li>
            ))}
          </ul>
        )}
      </PagedList>
    </Card>
  );
}

/** One delivery; opened, each attempt with its answer. */
function DeliveryRow({ delivery }: { delivery: Delivery }): ReactElement {
  const { status, attempts, lastStatusCode, nextAttemptAt } = delivery;
  return (
    <details>
      <summary className="flex min-h-12 flex-wrap items-center gap-x-6 gap-y-1 py-2">
        <span className="w-48 truncate font-mono text-sm">{delivery.eventType}</span>
        <span className="w-28">
          <Status
            tone={TONES[status]}
            word={t.webhooks.deliveryStatus[status]}
            isMoving={status === 'pending'}
          />
        </span>
        <span className="w-12 text-muted">{lastStatusCode ?? '–'}</span>
        <span className="ml-auto text-muted">
          <Ago at={delivery.createdAt} />
        </span>
      </summary>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pb-4">
        {attempts.length === 0 && <p className="text-muted">{text.noAttempts}</p>}
        {attempts.map((attempt) => (
          <div key={attempt.attemptNo} className="grid grid-cols-[minmax(0,1fr)] gap-1">
            <p className="flex flex-wrap gap-x-4">
              <span className="font-medium">{text.attempt(attempt.attemptNo)}</span>
              <span>{attempt.statusCode ?? attempt.error}</span>
              <span className="text-muted">{text.took(attempt.durationMs)}</span>
              <span className="ml-auto text-muted">
                <Exact at={attempt.startedAt} />
              </span>
            </p>
            {attempt.responseExcerpt !== null && attempt.responseExcerpt !== '' && (
              <pre
                // Long lines are scrolled, also by keys.
                tabIndex={0}
                role="region"
                aria-label={text.response}
                className="overflow-x-auto rounded-md border bg-raised p-3 font-mono text-xs"
              >
                {attempt.responseExcerpt}
              </pre>
            )}
          </div>
        ))}
        {nextAttemptAt !== null && (
          <p className="text-muted">
            {text.next}: <Exact at={nextAttemptAt} />
          </p>
        )}
      </div>
    </details>
  );
}

import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CodeBlock, Copyable } from '../../components/copy.tsx';
import { ErrorNote, Loading } from '../../components/states.tsx';
import { Status } from '../../components/status.tsx';
import { Ago, Exact } from '../../components/time.tsx';
import { t } from '../../messages/en.ts';
import { deliveryQuery, type Delivery, eventQuery, TONES } from './webhook.ts';

const text = t.webhooks.detail;

type Props = {
  delivery: Delivery;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
  onRedeliver: () => void;
};

/** One delivery; opened, what was sent and how each attempt was answered. */
export function DeliveryRow({ delivery, isChosen, onChoose, onRedeliver }: Props): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { id, status, eventType, lastStatusCode, lastError, createdAt } = delivery;
  return (
    <div className="flex items-start gap-3">
      <span className="grid h-12 shrink-0 place-items-center">
        <input
          type="checkbox"
          aria-label={text.choose(eventType)}
          checked={isChosen}
          onChange={(event) => onChoose(event.target.checked)}
          className="size-4 accent-accent pointer-coarse:size-6"
        />
      </span>
      <details className="min-w-0 flex-1" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex min-h-12 flex-wrap items-center gap-x-6 gap-y-1 py-2">
          <span className="w-48 truncate font-mono text-sm">{eventType}</span>
          <span className="w-28">
            <Status
              tone={TONES[status]}
              word={t.webhooks.deliveryStatus[status]}
              isMoving={status === 'pending'}
            />
          </span>
          <span className="w-56 truncate text-muted">{lastStatusCode ?? lastError ?? '–'}</span>
          <span className="ml-auto text-muted">
            <Ago at={createdAt} />
          </span>
        </summary>
        {isOpen && <Opened key={id} delivery={delivery} onRedeliver={onRedeliver} />}
      </details>
    </div>
  );
}

function Opened({ delivery, onRedeliver }: Pick<Props, 'delivery' | 'onRedeliver'>): ReactElement {
  const { data: whole, error } = useQuery(deliveryQuery(delivery));
  const { data: event } = useQuery(eventQuery(delivery.eventSeq, delivery.eventId));
  const { nextAttemptAt } = delivery;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pb-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Copyable text={delivery.eventId} label={t.common.copy(text.event)} />
        <Button onClick={onRedeliver}>{t.webhooks.redeliver.one}</Button>
      </div>
      {event !== undefined && event !== null && (
        <section className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <h3 className="font-semibold">{text.body}</h3>
          <CodeBlock label={text.body} code={JSON.stringify(event, null, 2)} />
        </section>
      )}
      {event?.type === 'webhook.test' && event.data.sample !== undefined && (
        <p className="text-muted">{text.sampled(event.data.sample)}</p>
      )}
      {event === null && <p className="text-muted">{text.bodyGone}</p>}
      {error !== null && <ErrorNote error={error} />}
      {whole === undefined && error === null && <Loading rows={2} />}
      {whole?.attempts.length === 0 && <p className="text-muted">{text.noAttempts}</p>}
      {whole?.attempts.map((attempt) => (
        <section key={attempt.attemptNo} className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <h3 className="flex flex-wrap gap-x-4">
            <span className="font-semibold">{text.attempt(attempt.attemptNo)}</span>
            <span>{attempt.statusCode ?? attempt.error}</span>
            <span className="text-muted">{text.took(attempt.durationMs)}</span>
            <span className="ml-auto text-muted">
              <Exact at={attempt.startedAt} />
            </span>
          </h3>
          {attempt.requestHeaders !== null && (
            <CodeBlock label={text.requestHeaders} code={headerLines(attempt.requestHeaders)} />
          )}
          {attempt.responseExcerpt !== null && attempt.responseExcerpt !== '' && (
            <CodeBlock label={text.response} code={attempt.responseExcerpt} />
          )}
        </section>
      ))}
      {nextAttemptAt !== null && (
        <p className="text-muted">
          {text.next}: <Exact at={nextAttemptAt} />
        </p>
      )}
    </div>
  );
}

const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

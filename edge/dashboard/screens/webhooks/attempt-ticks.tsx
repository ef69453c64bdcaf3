import { useInfiniteQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { t } from '../../messages/en.ts';
import { deliveriesQuery, type Delivery } from './webhook.ts';

const text = t.webhooks.health;
const SHOWN = 50;

const isAnswered = (code: number | null): boolean => code !== null && code >= 200 && code < 300;

/** The newest attempts of these deliveries, the latest last. Pure. */
export const attemptsOf = (deliveries: readonly Delivery[]) =>
  deliveries
    .flatMap(({ attempts }) => attempts)
    .toSorted((one, other) => one.startedAt.localeCompare(other.startedAt))
    .slice(-SHOWN);

/** The last attempts as ticks: high and coloured where they failed, so that colour is not all. */
export function AttemptTicks({ id }: { id: string }): ReactElement | null {
  const { data } = useInfiniteQuery(deliveriesQuery(id, undefined));
  const attempts = attemptsOf(data?.pages.flatMap((page) => page.data) ?? []);
  if (attempts.length === 0) return null;
  const failed = attempts.filter(({ statusCode }) => !isAnswered(statusCode)).length;
  return (
    <div
      role="img"
      aria-label={text.ticks(attempts.length, failed)}
      title={text.ticks(attempts.length, failed)}
      className="flex h-8 items-end gap-0.5"
    >
      {attempts.map(({ startedAt, attemptNo, statusCode }) => (
        <span
          key={`${startedAt} ${attemptNo}`}
          className={clsx(
            'w-full max-w-2 rounded-xs',
            isAnswered(statusCode) ? 'h-4 bg-good' : 'h-8 bg-bad',
          )}
        />
      ))}
    </div>
  );
}

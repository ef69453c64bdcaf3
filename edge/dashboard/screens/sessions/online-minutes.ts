import type { LogEntry } from './session.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export type OnlineHour = { startsAt: number; minutes: number };

/**
 * Minutes online in each of the last hours, the oldest first; the last is the hour that runs. Pure.
 * @param log the newest first, as the API lists it. Before its last entry nothing counts as online.
 * @param now Unix ms
 */
export function onlineMinutes(
  log: readonly Pick<LogEntry, 'at' | 'type' | 'status'>[],
  hours: number,
  now: number,
): OnlineHour[] {
  const states = log
    .filter(({ type }) => type === 'status')
    .map(({ at, status }) => ({ from: Date.parse(at), status }));
  const spans = states
    .map(({ from, status }, index) => ({ from, to: states[index - 1]?.from ?? now, status }))
    .filter(({ status }) => status === 'online');
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: hours }, (_, index) => {
    const startsAt = last - (hours - 1 - index) * HOUR_MS;
    const ms = spans.reduce(
      (sum, { from, to }) =>
        sum + Math.max(0, Math.min(to, startsAt + HOUR_MS) - Math.max(from, startsAt)),
      0,
    );
    return { startsAt, minutes: Math.round(ms / MINUTE_MS) };
  });
}

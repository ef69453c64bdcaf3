import { DAY_MS, parseDurationMs } from './duration.ts';
import { evaluateExpression } from './expression.ts';

/** QStash's own schedule: min(86400, e^(2.5 n)) seconds before retry n, counted from 1. */
export function defaultBackoffMs(retryNumber: number): number {
  return Math.min(DAY_MS, Math.exp(2.5 * retryNumber) * 1_000);
}

/** Milliseconds a `Retry-After` asks for (seconds, a duration, or a date); undefined when unreadable. */
export function parseRetryAfterMs(value: string, now: number): number | undefined {
  const duration = parseDurationMs(value);
  if (duration !== undefined) return duration;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Wait before the next attempt, 0 to one day. The receiver's Retry-After wins over the publisher's
 * expression, and that over the default schedule.
 */
export function retryDelayMs(input: {
  retried: number;
  expression: string | null;
  retryAfter: string | undefined;
  now: number;
}): number {
  const asked =
    input.retryAfter === undefined ? undefined : parseRetryAfterMs(input.retryAfter, input.now);
  const computed =
    input.expression === null ? undefined : evaluateExpression(input.expression, input.retried);
  const wanted = asked ?? computed ?? Number.NaN;
  const delay = Number.isNaN(wanted) ? defaultBackoffMs(input.retried + 1) : wanted;
  return Math.round(Math.min(DAY_MS, Math.max(0, delay)));
}

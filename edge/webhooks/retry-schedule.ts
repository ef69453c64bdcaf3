const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Time from one failed attempt to the next, by the number of the attempt that comes: Standard Webhooks' example. */
const DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** An endpoint asks for at most this many attempts: about 75 hours in all. */
export const MAX_ATTEMPTS = DELAYS_MS.length;
export const DEFAULT_ATTEMPTS = 8;

const JITTER = 0.1;
const LONGEST_MS = 24 * HOUR;

/**
 * Milliseconds to wait before attempt `attemptNo` (from 1), give or take a tenth so that a receiver that comes back is not
 * met by all at once. Retry-After can only lengthen that, up to 24 hours: a receiver that answers `Retry-After: 0` would
 * otherwise use up its attempts within seconds.
 * @param random from 0 to 1
 */
export function retryDelayMs(input: {
  attemptNo: number;
  retryAfterMs: number | null;
  random: number;
}): number {
  const base = DELAYS_MS[input.attemptNo - 1] ?? LONGEST_MS;
  const scheduled = Math.round(base * (1 - JITTER + 2 * JITTER * input.random));
  return Math.max(scheduled, Math.min(LONGEST_MS, input.retryAfterMs ?? 0));
}

/**
 * Reads a Retry-After header: whole seconds or an HTTP date.
 * @returns milliseconds from `now`, or null when there is no usable value
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  // Date.parse also takes bare numbers and words that no HTTP date is.
  if (!/^[A-Z][a-z]{2},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

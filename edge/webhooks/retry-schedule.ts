const SECOND = 1_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

/** The longest schedule of ours: Standard Webhooks' example, up to three days. */
const LONG: readonly number[] = [
  5,
  5 * MINUTE_SECONDS,
  30 * MINUTE_SECONDS,
  2 * HOUR_SECONDS,
  5 * HOUR_SECONDS,
  10 * HOUR_SECONDS,
  14 * HOUR_SECONDS,
  20 * HOUR_SECONDS,
  20 * HOUR_SECONDS,
];

/** Schedules by name: seconds from each failed attempt to the next one. */
export const RETRY_PRESETS = {
  quick: [5, 30, 2 * MINUTE_SECONDS, 10 * MINUTE_SECONDS],
  standard: LONG.slice(0, 7),
  long: LONG,
} as const satisfies Record<string, readonly number[]>;
export type RetryPreset = keyof typeof RETRY_PRESETS;

/** Attempts that can be asked for by number. */
export const MAX_ATTEMPTS = LONG.length + 1;
export const DEFAULT_ATTEMPTS = RETRY_PRESETS.standard.length + 1;

/** What a schedule of a caller's own can have. */
export const OWN_RETRIES = {
  most: 10,
  longestSeconds: 24 * HOUR_SECONDS,
  totalSeconds: 72 * HOUR_SECONDS,
} as const;

/** A schedule as callers state it: a preset, delays in seconds, or a number of attempts; undefined when they state none. */
export function retryDelaysOf(wanted: {
  retryDelays?: RetryPreset | readonly number[] | undefined;
  maxAttempts?: number | undefined;
}): readonly number[] | undefined {
  const { retryDelays, maxAttempts } = wanted;
  if (typeof retryDelays === 'string') return RETRY_PRESETS[retryDelays];
  if (retryDelays !== undefined) return retryDelays;
  return maxAttempts === undefined ? undefined : LONG.slice(0, maxAttempts - 1);
}

const JITTER = 0.1;
const LONGEST_MS = OWN_RETRIES.longestSeconds * SECOND;

/**
 * Milliseconds to wait before a retry, give or take a tenth so that a receiver that comes back is not met by all at once.
 * Retry-After can only lengthen that, up to 24 hours: a receiver that answers `Retry-After: 0` would otherwise use up its
 * attempts within seconds.
 * @param random from 0 to 1
 */
export function retryDelayMs(input: {
  delaySeconds: number;
  retryAfterMs: number | null;
  random: number;
}): number {
  const base = input.delaySeconds * SECOND;
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

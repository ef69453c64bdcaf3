import { backoffMs, type Backoff } from '../backoff.ts';

export type ReconnectTiming = {
  retry: Backoff;
  /** After this many failed starts in a row the session is `failed`, and tried after `slowRetryMs`, then ever later. */
  giveUpAfter: number;
  /** Failures longer ago do not count (failures-in-a-row.ts). */
  giveUpWithinMs: number;
  slowRetryMs: number;
};

export type ReconnectPlan = { attempt: number; delayMs: number; gaveUp: boolean };

/** The longest pause of a session that fails to start, in terms of the first slow one: 30 min. */
const SLOWEST = 3;

/**
 * When to start an engine again. Doubles from `retry.baseMs` to `retry.maxMs` with the upper half at random.
 * @param failed engines that ended in a row, this one included
 */
export function planReconnect(
  failed: number,
  timing: ReconnectTiming,
  random: () => number,
): ReconnectPlan {
  const gaveUp = failed >= timing.giveUpAfter;
  const slow = { baseMs: timing.slowRetryMs, maxMs: SLOWEST * timing.slowRetryMs };
  const delayMs = gaveUp
    ? backoffMs(failed - timing.giveUpAfter, slow, random)
    : backoffMs(failed - 1, timing.retry, random);
  return { attempt: failed, delayMs, gaveUp };
}

export type Backoff = { baseMs: number; maxMs: number };

/**
 * Wait before try number `attempt` (from 0): doubles up to `maxMs`, and its upper half is random, so that many
 * waiting for the same thing do not come back together.
 */
export function backoffMs(attempt: number, backoff: Backoff, random: () => number): number {
  const full = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(full / 2 + (random() * full) / 2);
}

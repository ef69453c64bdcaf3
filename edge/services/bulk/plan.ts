import { firstContactBudget, type FirstContactLimits } from './first-contact-budget.ts';

export type Pacing = { minIntervalMs: number; jitterMs: number };

/**
 * When each message of a bulk is to be sent: in order, with the session's pauses between them. A first contact that the
 * session's limits do not allow yet is planned for later and does not hold up the others. Pure. Times are Unix ms.
 * @param isFirstContact of each message
 * @param taken times of the first contacts that the session has had within a day, or has planned
 * @param random gives numbers from 0 to 1
 * @returns null for a first contact that would be later than `until`
 */
export function planBulk({
  isFirstContact,
  start,
  until,
  pacing,
  limits,
  taken,
  random,
}: {
  isFirstContact: readonly boolean[];
  start: number;
  until: number;
  pacing: Pacing;
  limits: FirstContactLimits;
  taken: readonly number[];
  random: () => number;
}): (number | null)[] {
  const firstContactAt = firstContactBudget(limits, taken);
  let next = start;
  /** Before this, no first contact has room. */
  let free = start;
  return isFirstContact.map((isFirst) => {
    if (isFirst && free <= until) free = firstContactAt(Math.max(next, free));
    const at = isFirst ? free : next;
    if (at === next) next += pacing.minIntervalMs + Math.floor(random() * pacing.jitterMs);
    return at > until ? null : at;
  });
}

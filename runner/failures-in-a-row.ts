/** The limit is reached by this many failures within this time. */
type FailureLimit = { failures: number; withinMs: number };

/**
 * The failures that still count after another one: when each was, oldest first, on one monotonic clock. Single failures age
 * and are forgotten. A row that has reached the limit is kept, however slowly it grows, until what fails has run for the
 * limit's own time without failing.
 * @param failure when it was, and how long what failed had run
 */
export function failuresInARow(
  before: readonly number[],
  failure: { at: number; ranMs: number },
  { failures, withinMs }: FailureLimit,
): number[] {
  const { at, ranMs } = failure;
  if (ranMs >= withinMs) return [at];
  const caught = before.length >= failures;
  return [...(caught ? before : before.filter((earlier) => at - earlier < withinMs)), at];
}

/** So many failures within so long are one too many. */
export type FailureLimit = { failures: number; withinMs: number };

/**
 * The failures that count once another has come: when each was, oldest first, on one monotonic clock. Single ones age and
 * are forgotten. A row that reached the limit stays whole however slowly it goes on, until what fails has run for as long
 * as the limit's own time.
 * @param failure when it came, and how long what failed had run
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

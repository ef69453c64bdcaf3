type Row = { id: string };

/**
 * Puts what is known newer into the rows that are shown, without moving one. Pure.
 * @returns the rows, and how many newer ones are not among them
 */
export function mergeNewest<R extends Row>(
  shown: readonly R[],
  newest: readonly R[],
): { rows: R[]; fresh: number } {
  const current = new Map(newest.map((row) => [row.id, row]));
  const rows = shown.map((row) => current.get(row.id) ?? row);
  const [first] = shown;
  const known = first === undefined ? -1 : newest.findIndex(({ id }) => id === first.id);
  // A first row that is not even on the newest page: at least all of that page is new.
  const fresh = known === -1 ? newest.length : known;
  return { rows, fresh };
}

import { type AnyColumn, sql, type SQL } from 'drizzle-orm';

/** Where a page ended: the last row's creation time and id, which together order a list. */
export type Cursor = { at: Date; id: string };

export const writeCursor = ({ at, id }: Cursor): string =>
  btoa(`${at.getTime()}.${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Narrows a newest-first list to what comes after the cursor. */
export const beforeCursor = (
  cursor: Cursor | null,
  columns: { at: AnyColumn; id: AnyColumn },
): SQL | undefined =>
  cursor === null
    ? undefined
    : sql`(${columns.at}, ${columns.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;

/** Narrows a newest-first list to what comes no later than the row at this place. */
export const downTo = (
  last: Cursor | null,
  columns: { at: AnyColumn; id: AnyColumn },
): SQL | undefined =>
  last === null
    ? undefined
    : sql`(${columns.at}, ${columns.id}) >= (${last.at.toISOString()}::timestamptz, ${last.id})`;

/** Cuts a list that was read one row too long to its page, and says where the next one begins. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => Cursor,
): { page: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { page, nextCursor: more ? writeCursor(cursorOf(last)) : null };
}

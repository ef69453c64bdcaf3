import { type AnyColumn, sql, type SQL } from 'drizzle-orm';
import type { Cursor } from '../http/cursor.ts';

/** Narrows a newest-first list to what comes after the cursor. */
export const beforeCursor = (
  cursor: Cursor | null,
  columns: { at: AnyColumn; id: AnyColumn },
): SQL | undefined =>
  cursor === null
    ? undefined
    : sql`(${columns.at}, ${columns.id}) < (${cursor.at.toISOString()}::timestamptz, ${cursor.id})`;

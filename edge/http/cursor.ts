import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';

/** Where a page ended: the last row's creation time and id, which together order a list. */
export type Cursor = { at: Date; id: string };

export const PAGE_LIMIT = 100;

export const PageQuery = {
  cursor: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: '`meta.nextCursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(20),
};

export const writeCursor = ({ at, id }: Cursor): string =>
  btoa(`${at.getTime()}.${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** @throws AppError VALIDATION_ERROR for anything that `writeCursor` did not make */
export function readCursor(cursor: string): Cursor {
  const [, at = '', id = ''] = /^(\d{1,15})\.([a-z]{3}_[0-9a-z]{26})$/.exec(decode(cursor)) ?? [];
  if (id === '')
    throw new AppError('VALIDATION_ERROR', 'query.cursor: not a cursor of this API', {
      fields: [{ in: 'query', field: 'cursor', message: 'not a cursor of this API' }],
    });
  return { at: new Date(Number(at)), id };
}

function decode(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return ''; // not base64: as wrong as a cursor of another shape
  }
}

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

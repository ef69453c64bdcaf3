import { LIMITS } from '../../shared/catalogue/limits.ts';
import { z } from '@hono/zod-openapi';
import type { Cursor } from '../db/cursor.ts';

export const PAGE_LIMIT = LIMITS.pageRows.limit;

export const PageQuery = {
  cursor: z
    .string()
    .max(200)
    .transform((text, context) => {
      const cursor = readCursor(text);
      if (cursor !== null) return cursor;
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
      return z.NEVER;
    })
    .optional()
    .openapi({
      type: 'string',
      maxLength: 200,
      description: '`meta.nextCursor` of the previous page.',
    }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(20),
};

/** Null for anything that `writeCursor` did not make. */
function readCursor(cursor: string): Cursor | null {
  const [, at = '', id = ''] = /^(\d{1,14})\.([a-z]{3}_[0-9a-z]{26})$/.exec(decode(cursor)) ?? [];
  return id === '' ? null : { at: new Date(Number(at)), id };
}

function decode(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return ''; // not base64: as wrong as a cursor of another shape
  }
}

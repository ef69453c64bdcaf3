import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';
import type { Cursor } from '../db/cursor.ts';

export const PAGE_LIMIT = 100;

export const PageQuery = {
  cursor: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: '`meta.nextCursor` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(20),
};

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

import { LIMITS } from '../../shared/catalogue/limits.ts';
import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/hex.ts';
import type { Cursor } from '../db/cursor.ts';

export const PAGE_LIMIT = LIMITS.pageRows.limit;

const NO_CURSOR = 'is not a cursor; pass `meta.nextCursor` of the previous page';
const OTHER_LIST =
  'belongs to another list or to other filters; omit it to start from the first page';

/** A cursor as callers have it: where the page ended, a dot, and the list that it belongs to. */
export const cursorOf = <Position extends object>(read: (text: string) => Position | null) =>
  z
    .string()
    .max(200)
    .transform((text, context): Position & { list: string } => {
      const [, position = '', list = ''] = /^(.+)\.([0-9a-f]{12})$/.exec(text) ?? [];
      const found = read(position);
      if (found !== null) return { ...found, list };
      context.addIssue({ code: 'custom', message: NO_CURSOR });
      return z.NEVER;
    })
    .optional()
    .openapi({
      type: 'string',
      maxLength: 200,
      description: '`meta.nextCursor` of the previous page, with the same filters.',
    });

export const PageQuery = {
  cursor: cursorOf(readPosition),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(20),
};

/** Null for anything that `writeCursor` did not make. */
function readPosition(text: string): Cursor | null {
  const [, at = '', id = ''] = /^(\d{1,14})\.([a-z]{3}_[0-9a-z]{26})$/.exec(decode(text)) ?? [];
  return id === '' ? null : { at: new Date(Number(at)), id };
}

function decode(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return ''; // not base64: as wrong as a cursor of another shape
  }
}

const Paged = z.looseObject({
  cursor: z.object({ list: z.string() }).optional(),
  limit: z.unknown(),
});

/**
 * Which list a request asks for: the operation, what its path names and its filters, however many rows a page has. Null for an
 * operation without pages.
 * @param query as its schema read it
 * @throws AppError VALIDATION_ERROR when the request's cursor belongs to another list
 */
export async function listAskedFor(
  operationId: string,
  schema: z.ZodType | undefined,
  { params, query }: { params: unknown; query: unknown },
): Promise<string | null> {
  if (!(schema instanceof z.ZodObject) || !('cursor' in schema.shape)) return null;
  const { cursor, limit: _, ...filters } = Paged.parse(query);
  const digest = await sha256Hex(JSON.stringify([operationId, params, filters]));
  const list = digest.slice(0, 12);
  if (cursor === undefined || cursor.list === list) return list;
  throw new AppError('VALIDATION_ERROR', `query.cursor: ${OTHER_LIST}`, {
    fields: [{ in: 'query', field: 'cursor', message: OTHER_LIST }],
  });
}

/** The cursor of a page's end, which only goes on with its own list. */
export const bindCursor = (position: string | null | undefined, list: string): string | null =>
  position == null ? null : `${position}.${list}`;

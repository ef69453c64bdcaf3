import { z } from '@hono/zod-openapi';
import type { ListEnd } from '../../shared/catalogue/live/fields.ts';
import { cursorOf, PAGE_LIMIT } from './cursor.ts';

/** Query of a list that comes from a live session: its cursor says where WhatsApp's list goes on. */
export const LivePageQuery = {
  cursor: cursorOf(readListEnd),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(20),
};

export const writeListEnd = (end: ListEnd | null): string | null =>
  end === null
    ? null
    : btoa(`${end.t}.${end.id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Null for anything that `writeListEnd` did not make. */
function readListEnd(text: string): ListEnd | null {
  const [, t = '', id = ''] = /^(\d{1,12})\.([\w.-]{1,60}@[a-z.]{3,20})$/.exec(decode(text)) ?? [];
  return id === '' ? null : { t: Number(t), id };
}

function decode(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return ''; // not base64: as wrong as a cursor of another shape
  }
}

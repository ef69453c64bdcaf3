import { z } from 'zod';
import { HttpError } from '../http.ts';

const DEFAULT_COUNT = 100;
const MAX_COUNT = 1_000;

const number = z.coerce.number().int().positive();
const list = z.array(z.string()).nonempty();

const FIELDS = {
  count: number.max(MAX_COUNT),
  cursor: number,
  messageIds: list,
  messageId: z.string(),
} as const;
type Field = keyof typeof FIELDS;

export type Query = {
  count: number;
  cursor?: number | undefined;
  messageIds?: string[] | undefined;
  messageId?: string | undefined;
};

const querySchema = z.object(FIELDS).partial();

/**
 * Reads a query string in which only `allowed` fields may stand: a filter we do not know must not be
 * passed over, or "delete those" becomes "delete all".
 * @throws HttpError 400 naming the field
 */
export function parseQuery(query: URLSearchParams, allowed: readonly Field[]): Query {
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const field = allowed.find((one) => one === name);
    if (field === undefined) {
      throw new HttpError(400, `query parameter "${name}" is not supported here`);
    }
    const values = query.getAll(name);
    given[name] = FIELDS[field] === list ? values : (values[0] ?? '');
  }
  // An empty cursor is how the SDK asks for the first page.
  if (given['cursor'] === '') delete given['cursor'];
  const parsed = querySchema.safeParse(given);
  if (!parsed.success) throw new HttpError(400, z.prettifyError(parsed.error));
  return { ...parsed.data, count: parsed.data.count ?? DEFAULT_COUNT };
}

import type { Context } from 'hono';
import { z } from 'zod';
import type { Row } from '../api/operation.ts';
import type { AppEnv } from '../context.ts';

const PAGE = 100;
/** More than any list that a source system gives in one piece is worth. */
const MOST_PAGES = 10;

const Page = z.object({
  data: z.array(z.unknown()),
  meta: z.object({ nextCursor: z.string().nullable().optional() }),
});

/** How many rows a list has at most. */
export const MOST_ROWS = PAGE * MOST_PAGES;

/** A list of ours in one piece, as the source systems give theirs: its first rows, in whole pages of 100. */
export async function wholeList<Entry extends z.ZodType>(
  c: Context<AppEnv>,
  list: Row,
  entry: Entry,
  query: Readonly<Record<string, string>> = {},
  most = MOST_ROWS,
): Promise<z.output<Entry>[]> {
  const all: z.output<Entry>[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && all.length < most; page += 1) {
    const given = {
      query: { ...query, limit: String(PAGE), ...(cursor !== undefined && { cursor }) },
    };
    const { data, meta } = Page.parse(await (await list.call(c, given)).json());
    all.push(...z.array(entry).parse(data));
    if (meta.nextCursor == null) break;
    cursor = meta.nextCursor;
  }
  return all;
}

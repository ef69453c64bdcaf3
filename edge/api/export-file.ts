import { z } from '@hono/zod-openapi';
import { LIMITS, shown } from '../../shared/catalogue/limits.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { ServiceContext } from '../context.ts';
import type { RowFile } from '../db/row-file.ts';
import { bindCursor, listAskedFor, PageQuery } from '../http/cursor.ts';
import { rawOperation, type Row } from './operation.ts';
import type { Takes } from './takes.ts';

const MOST_ROWS = LIMITS.exportRows.limit;

/** Which part of a list a file has; fields of the query of every export. */
export const FileQuery = {
  cursor: PageQuery.cursor.openapi({
    description: 'Continues after another file; the `Link` header of that one has it.',
  }),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(MOST_ROWS).openapi({
    description: 'The most rows of the file.',
  }),
};

const ABOUT_FILES = `In CSV, text that a spreadsheet would run as a formula starts with an apostrophe. A file has at most ${shown(MOST_ROWS)} rows. If there are more, the answer has the header \`Link: <address>; rel="next"\`: the next file is at that address, which is relative to this one. If the connection breaks off, the file is incomplete: fetch it again, perhaps with a smaller \`limit\`.`;

const FILE_HEADERS = {
  Link: {
    description: '`<address>; rel="next"`: the next file. Absent if this one has the last row.',
    schema: { type: 'string' as const },
  },
};

/** An operation that answers with a list as a download, and says in the `Link` header where the rest of it is. */
export const exportOperation = <Q extends z.ZodType>({
  run,
  content,
  ...row
}: {
  id: string;
  path: `/v1/${string}`;
  takes: Takes;
  summary: string;
  description: string;
  query: Q;
  content: Readonly<Record<string, { schema: z.ZodType; example?: unknown }>>;
  errors?: readonly ErrorCode[];
  run: (call: {
    ctx: ServiceContext;
    query: z.output<Q>;
  }) => Promise<RowFile & { filename: string; type: string }>;
}): Row =>
  rawOperation({
    ...row,
    method: 'get',
    description: `${row.description} ${ABOUT_FILES}`,
    responses: { 200: { description: 'The file.', headers: FILE_HEADERS, content } },
    run: async ({ ctx, query }, c) => {
      const list = await listAskedFor(row.id, row.query, { params: {}, query });
      const { body, nextCursor, filename, type } = await run({ ctx, query });
      const next = list === null ? null : bindCursor(nextCursor, list);
      if (next !== null) c.header('link', `<${nextFile(c.req.url, next)}>; rel="next"`);
      return c.body(body, 200, {
        'content-type': type,
        'content-disposition': `attachment; filename="${filename}"`,
        'cache-control': 'no-store',
      });
    },
  });

function nextFile(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set('cursor', cursor);
  return `${pathname}?${searchParams.toString()}`;
}

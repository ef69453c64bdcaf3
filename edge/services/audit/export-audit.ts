import type { ServiceContext } from '../../context.ts';
import { csvRecord } from '../../values/csv.ts';
import { type AuditRow, type AuditView, viewAudit } from './audit-view.ts';
import { type AuditFilter, readAudit, requireAuditReader } from './internal.ts';

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Rows of one query. The stream waits for its reader, so that one page is in memory at a time. */
const PAGE = 1_000;

const COLUMNS = [
  'id',
  'at',
  'kind',
  'action',
  'actorType',
  'actorId',
  'target',
  'method',
  'route',
  'status',
  'errorCode',
  'requestId',
  'address',
] as const satisfies (keyof AuditView)[];

/** How a format begins, writes its rows and ends. */
const WRITERS: Readonly<
  Record<
    ExportFormat,
    { head: string; write: (rows: readonly AuditView[], first: boolean) => string; tail: string }
  >
> = {
  csv: {
    head: csvRecord([...COLUMNS, 'details']),
    write: (rows) =>
      rows
        .map((row) =>
          csvRecord([
            ...COLUMNS.map((column) => row[column]),
            row.details === null ? null : JSON.stringify(row.details),
          ]),
        )
        .join(''),
    tail: '',
  },
  json: {
    head: '[',
    write: (rows, first) =>
      rows.map((row, n) => `${first && n === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`).join(''),
    tail: '\n]\n',
  },
};

/**
 * All entries that the filter lets pass, newest first, as a stream of UTF-8. The first page is read before this returns, so
 * that a refusal is an answer; what goes wrong later breaks the stream off.
 * @throws AppError FORBIDDEN for whoever may not read the log
 */
export async function exportAudit({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { filter: AuditFilter; format: ExportFormat };
}): Promise<{ filename: string; body: ReadableStream<Uint8Array> }> {
  requireAuditReader(ctx);
  const { format } = input;
  // Without an end the export would come upon rows that are written while it runs.
  const until = input.filter.until ?? new Date(ctx.now());
  const filter = { ...input.filter, until };
  const { head, write, tail } = WRITERS[format];
  const encoder = new TextEncoder();
  const next = (last: AuditRow | undefined): Promise<AuditRow[]> =>
    readAudit(ctx, filter, {
      cursor: last === undefined ? null : { at: last.createdAt, id: last.id },
      limit: PAGE,
    });
  let rows = await next(undefined);
  let first = true;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (!first) rows = await next(rows.at(-1));
      const text = write(rows.map(viewAudit), first);
      const done = rows.length < PAGE;
      controller.enqueue(encoder.encode(`${first ? head : ''}${text}${done ? tail : ''}`));
      first = false;
      if (done) controller.close();
    },
  });
  return { filename: filenameOf(filter.since, until, format), body };
}

function filenameOf(since: Date | null, until: Date, format: ExportFormat): string {
  const day = (moment: Date): string => moment.toISOString().slice(0, 10);
  return `waypost-audit-${since === null ? 'until' : `${day(since)}-to`}-${day(until)}.${format}`;
}

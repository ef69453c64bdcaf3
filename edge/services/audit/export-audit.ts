import type { ServiceContext } from '../../context.ts';
import { pageStream, type RowWriter } from '../../db/page-stream.ts';
import { csvRecord } from '../../values/csv.ts';
import { type AuditRow, type AuditView, viewAudit } from './audit-view.ts';
import { type AuditFilter, readAudit, requireAuditReader } from './internal.ts';

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

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

const WRITERS: Readonly<Record<ExportFormat, RowWriter<AuditView>>> = {
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
    write: (rows, isFirst) =>
      rows.map((row, n) => `${isFirst && n === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`).join(''),
    tail: '\n]\n',
  },
};

/**
 * All entries that the filter lets pass, newest first, as a stream; see `pageStream`.
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
  const { write, ...ends } = WRITERS[format];
  const body = await pageStream<AuditRow>(
    (last, limit) =>
      readAudit(ctx, filter, {
        cursor: last === undefined ? null : { at: last.createdAt, id: last.id },
        limit,
      }),
    { ...ends, write: (rows, isFirst) => write(rows.map(viewAudit), isFirst) },
  );
  return { filename: filenameOf(filter.since, until, format), body };
}

function filenameOf(since: Date | null, until: Date, format: ExportFormat): string {
  const day = (moment: Date): string => moment.toISOString().slice(0, 10);
  return `waypost-audit-${since === null ? 'until' : `${day(since)}-to`}-${day(until)}.${format}`;
}

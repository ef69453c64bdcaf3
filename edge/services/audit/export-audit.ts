import type { ServiceContext } from '../../context.ts';
import type { Cursor } from '../../db/cursor.ts';
import type { RowWriter } from '../../db/page-stream.ts';
import { type RowFile, rowFile } from '../../db/row-file.ts';
import { csvRecord } from '../../values/csv.ts';
import { type AuditRow, type AuditView, viewAudit } from './audit-view.ts';
import { type AuditFilter, readAudit, readAuditPlaces, requireAuditReader } from './internal.ts';

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
 * Entries that the filter lets pass, newest first, as a file; see `rowFile`.
 * @throws AppError FORBIDDEN for whoever may not read the log
 */
export async function exportAudit({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { filter: AuditFilter; format: ExportFormat; cursor: Cursor | null; limit: number };
}): Promise<RowFile & { filename: string }> {
  requireAuditReader(ctx);
  const { format } = input;
  // Without an end the export would come upon rows that are written while it runs.
  const until = input.filter.until ?? new Date(ctx.now());
  const filter = { ...input.filter, until };
  const { write, ...ends } = WRITERS[format];
  const file = await rowFile<AuditRow>(input, {
    places: (cursor, offset) => readAuditPlaces(ctx, filter, { cursor, offset }),
    read: (page) => readAudit(ctx, filter, page),
    writer: { ...ends, write: (rows, isFirst) => write(rows.map(viewAudit), isFirst) },
  });
  return { ...file, filename: filenameOf(filter.since, until, format) };
}

function filenameOf(since: Date | null, until: Date, format: ExportFormat): string {
  const day = (moment: Date): string => moment.toISOString().slice(0, 10);
  return `waypost-audit-${since === null ? 'until' : `${day(since)}-to`}-${day(until)}.${format}`;
}

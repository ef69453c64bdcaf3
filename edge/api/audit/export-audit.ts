import { z } from '@hono/zod-openapi';
import {
  EXPORT_FORMATS,
  exportAudit as exportAuditVerb,
  type ExportFormat,
} from '../../services/audit/export-audit.ts';
import { rawOperation } from '../operation.ts';
import { scope } from '../takes.ts';
import { AUDIT_SHOWN, AuditEntrySchema, filterOf, FilterQuery } from './schemas.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
};

const Query = z.object({ format: z.enum(EXPORT_FORMATS).default('csv'), ...FilterQuery });

export const exportAudit = rawOperation({
  id: 'exportAudit',
  method: 'get',
  path: '/v1/audit/export',
  takes: scope('audit:read'),
  summary: 'Export the audit log',
  description:
    'A file with every entry that passes the filters, newest first: CSV (RFC 4180) or a JSON array. In CSV, text that a spreadsheet would run as a formula starts with an apostrophe. If the connection breaks off, the file is incomplete: narrow it with `since` and `until`.',
  query: Query,
  responses: {
    200: {
      description: 'The file.',
      content: {
        'text/csv': { schema: z.string() },
        'application/json': { schema: z.array(AuditEntrySchema), example: [AUDIT_SHOWN] },
      },
    },
  },
  run: async ({ ctx, query: { format, ...query } }, c) => {
    const input = { filter: filterOf(query), format };
    const { filename, body } = await exportAuditVerb({ ctx, input });
    return c.body(body, 200, {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename="${filename}"`,
      'cache-control': 'no-store',
    });
  },
});

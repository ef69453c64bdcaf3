import { z } from '@hono/zod-openapi';
import {
  EXPORT_FORMATS,
  exportAudit as exportAuditVerb,
  type ExportFormat,
} from '../../services/audit/export-audit.ts';
import { exportOperation, FileQuery } from '../export-file.ts';
import { scope } from '../takes.ts';
import { AUDIT_SHOWN, AuditEntrySchema, filterOf, FilterQuery } from './schemas.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
};

const Query = z.object({
  format: z.enum(EXPORT_FORMATS).default('csv'),
  ...FileQuery,
  ...FilterQuery,
});

export const exportAudit = exportOperation({
  id: 'exportAudit',
  path: '/v1/audit/export',
  takes: scope('audit:read'),
  summary: 'Export the audit log',
  description:
    'A file with every entry that passes the filters, newest first: CSV (RFC 4180) or a JSON array.',
  query: Query,
  content: {
    'text/csv': { schema: z.string() },
    'application/json': { schema: z.array(AuditEntrySchema), example: [AUDIT_SHOWN] },
  },
  run: async ({ ctx, query: { format, cursor = null, limit, ...filter } }) => {
    const input = { filter: filterOf(filter), format, cursor, limit };
    return { ...(await exportAuditVerb({ ctx, input })), type: TYPES[format] };
  },
});

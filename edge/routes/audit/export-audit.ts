import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errorResponses } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import {
  EXPORT_FORMATS,
  exportAudit as exportAuditVerb,
  type ExportFormat,
} from '../../services/audit/export-audit.ts';
import { AUDIT_SHOWN, AuditEntrySchema, filterOf, FilterQuery } from './schemas.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
};

const Query = z.object({ format: z.enum(EXPORT_FORMATS).default('csv'), ...FilterQuery });

export const exportAudit = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/audit/export',
      operationId: 'exportAudit',
      ...requiredScope('audit:read'),
      tags: ['Audit'],
      summary: 'Export the audit log',
      description:
        'Every entry that the filters let pass, newest first, as a file: CSV by RFC 4180, or a JSON array. In CSV, text that a spreadsheet would run as a formula has an apostrophe before it. A connection that breaks off before the end means that the file is not whole: narrow it by `since` and `until`.',
      request: { query: Query },
      responses: {
        200: {
          description: 'The file.',
          content: {
            'text/csv': { schema: z.string() },
            'application/json': { schema: z.array(AuditEntrySchema), example: [AUDIT_SHOWN] },
          },
        },
        ...errorResponses,
      },
    }),
    async (c) => {
      const { format, ...query } = c.req.valid('query');
      const { filename, body } = await exportAuditVerb({
        ctx: c.get('ctx'),
        input: { filter: filterOf(query), format },
      });
      return c.body(body, 200, {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="${filename}"`,
        'cache-control': 'no-store',
      });
    },
  );

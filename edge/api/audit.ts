import { z } from '@hono/zod-openapi';
import { PageQuery } from '../http/cursor.ts';
import { listAudit } from '../services/audit/list-audit.ts';
import { exportAudit } from './audit/export-audit.ts';
import { AuditEntrySchema, filterOf, FilterQuery } from './audit/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { scope } from './takes.ts';

export const audit = area('Audit', [
  operation({
    id: 'listAudit',
    method: 'get',
    path: '/v1/audit',
    takes: scope('audit:read'),
    summary: 'List the audit log, newest first',
    description:
      'For owners of the workspace, and live keys with the scope that are not pinned to a session. Reads and refusals appear a few seconds after the call.',
    query: z.object({ ...PageQuery, ...FilterQuery }),
    answer: [200, 'A page of entries.', z.array(AuditEntrySchema)],
    run: async ({ ctx, query: { cursor = null, limit, ...filter } }) => {
      const input = { filter: filterOf(filter), cursor, limit };
      const { entries, nextCursor } = await listAudit({ ctx, input });
      return withMeta(entries, { nextCursor });
    },
  }),
  exportAudit,
]);

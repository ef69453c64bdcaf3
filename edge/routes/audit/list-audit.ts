import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { listAudit as listAuditVerb } from '../../services/audit/list-audit.ts';
import { AuditEntrySchema, filterOf, FilterQuery } from './schemas.ts';

export const listAudit = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/audit',
      operationId: 'listAudit',
      ...requiredScope('audit:read'),
      tags: ['Audit'],
      summary: 'List the audit log, newest first',
      description:
        'For owners of the workspace, and live keys with the scope that are pinned to no session. Reads and refusals appear a few seconds after the call.',
      request: { query: z.object({ ...PageQuery, ...FilterQuery }) },
      responses: {
        200: answer('A page of entries.', z.array(AuditEntrySchema)),
        ...errorResponses,
      },
    }),
    async (c) => {
      const { cursor, limit, ...query } = c.req.valid('query');
      const { entries, nextCursor } = await listAuditVerb({
        ctx: c.get('ctx'),
        input: {
          filter: filterOf(query),
          cursor: cursor === undefined ? null : readCursor(cursor),
          limit,
        },
      });
      return ok(c, entries, 200, { nextCursor });
    },
  );

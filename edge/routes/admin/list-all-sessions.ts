import { createRoute, z } from '@hono/zod-openapi';
import { SESSION_STATUSES } from '../../../shared/session-status.ts';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listAllSessions as listAllSessionsVerb } from '../../services/admin/list-all-sessions.ts';
import { AdminSessionSchema } from './schemas.ts';

const Query = z.object({
  ...PageQuery,
  status: z.enum(SESSION_STATUSES).optional(),
  workspaceId: z.string().min(1).max(100).optional(),
});

export const listAllSessions = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/admin/sessions',
      operationId: 'listAllSessions',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'List the sessions of all workspaces, newest first',
      description: 'Archived ones too.',
      request: { query: Query },
      responses: {
        200: answer('A page of sessions.', z.array(AdminSessionSchema)),
        ...errorResponses,
      },
    }),
    async (c) => {
      const { cursor, limit, status = null, workspaceId = null } = c.req.valid('query');
      const { sessions, nextCursor } = await listAllSessionsVerb({
        ctx: c.get('ctx'),
        input: {
          cursor: cursor === undefined ? null : readCursor(cursor),
          limit,
          status,
          workspaceId,
        },
      });
      return ok(c, sessions, 200, { nextCursor });
    },
  );

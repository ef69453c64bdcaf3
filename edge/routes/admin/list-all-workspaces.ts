import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listAllWorkspaces as listAllWorkspacesVerb } from '../../services/admin/list-all-workspaces.ts';
import { AdminWorkspaceSchema } from './schemas.ts';

export const listAllWorkspaces = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/admin/workspaces',
      operationId: 'listAllWorkspaces',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'List all workspaces, newest first',
      request: { query: z.object(PageQuery) },
      responses: {
        200: answer('A page of workspaces.', z.array(AdminWorkspaceSchema)),
        ...errorResponses,
      },
    }),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const { workspaces, nextCursor } = await listAllWorkspacesVerb({
        ctx: c.get('ctx'),
        input: { cursor: cursor === undefined ? null : readCursor(cursor), limit },
      });
      return ok(c, workspaces, 200, { nextCursor });
    },
  );

import { createRoute } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { getAnyWorkspace as getAnyWorkspaceVerb } from '../../services/admin/get-any-workspace.ts';
import { AdminWorkspaceSchema, WorkspaceId } from './schemas.ts';

export const getAnyWorkspace = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/admin/workspaces/{id}',
      operationId: 'getAnyWorkspace',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'Get any workspace',
      request: { params: WorkspaceId },
      responses: { 200: answer('The workspace.', AdminWorkspaceSchema), ...errors('NOT_FOUND') },
    }),
    async (c) =>
      ok(c, await getAnyWorkspaceVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );

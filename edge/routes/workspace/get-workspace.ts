import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getWorkspace as getWorkspaceVerb } from '../../services/workspace/get-workspace.ts';
import { WorkspaceSchema } from './schemas.ts';

export const getWorkspace = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/workspace',
      operationId: 'getWorkspace',
      ...requiredScope('workspace:read'),
      tags: ['Workspace'],
      summary: 'Get the workspace',
      description: 'The one that the credential acts in: its settings, its limit and what is used.',
      responses: { 200: answer('The workspace.', WorkspaceSchema), ...errorResponses },
    }),
    async (c) => ok(c, await getWorkspaceVerb({ ctx: c.get('ctx') }), 200),
  );

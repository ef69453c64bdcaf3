import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { updateWorkspace as updateWorkspaceVerb } from '../../services/workspace/update-workspace.ts';
import { WorkspaceFields, WorkspaceSchema } from './schemas.ts';

const Body = z.strictObject(WorkspaceFields).partial();

export const updateWorkspace = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/workspace',
      operationId: 'updateWorkspace',
      ...requiredScope('workspace:write'),
      tags: ['Workspace'],
      summary: 'Change the workspace’s settings',
      description:
        'For owners, and for live keys that are not pinned to a session. Fields that are not given stay.',
      request: { body: jsonBody(Body, { timeZone: 'Europe/Berlin', cleanupTime: '03:00' }) },
      responses: {
        200: answer('The workspace.', WorkspaceSchema),
        ...errors('SESSION_NOT_FOUND'),
      },
    }),
    async (c) => {
      const { defaultSessionId, ...fields } = c.req.valid('json');
      const input = { ...fields, defaultSession: defaultSessionId };
      return ok(c, await updateWorkspaceVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { updateAnyWorkspace as updateAnyWorkspaceVerb } from '../../services/admin/update-any-workspace.ts';
import { DisplayName } from '../workspace/fields.ts';
import { SessionLimitNumber, TierName } from '../workspace/schemas.ts';
import { AdminWorkspaceSchema, WorkspaceId } from './schemas.ts';

const Body = z
  .strictObject({
    name: DisplayName,
    tier: TierName,
    maxSessions: z
      .union([SessionLimitNumber, z.literal('unlimited')])
      .nullable()
      .openapi({
        description: 'Sessions that it may have, whatever its tier; null = the tier’s number.',
        example: 60,
      }),
    isActive: z.boolean().openapi({
      description: 'false suspends it: keys and people are out at once; queues and webhooks wait.',
    }),
  })
  .partial();

export const updateAnyWorkspace = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/admin/workspaces/{id}',
      operationId: 'updateAnyWorkspace',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'Change a workspace’s tier and limit, suspend or resume it',
      description: 'Fields that are not given stay. A lower limit takes no session away.',
      request: { params: WorkspaceId, body: jsonBody(Body, { tier: 'pro', maxSessions: null }) },
      responses: {
        200: answer('The workspace.', AdminWorkspaceSchema),
        ...errors('NOT_FOUND'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      return ok(c, await updateAnyWorkspaceVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import { ownersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listInvitations as listInvitationsVerb } from '../../services/workspace/list-invitations.ts';
import { InvitationSchema } from './schemas.ts';

export const listInvitations = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/workspace/invitations',
      operationId: 'listInvitations',
      ...ownersOnly,
      tags: ['Workspace'],
      summary: 'List open invitations, newest first',
      responses: {
        200: answer('All open invitations.', z.array(InvitationSchema)),
        ...errorResponses,
      },
    }),
    async (c) => ok(c, await listInvitationsVerb({ ctx: c.get('ctx') }), 200),
  );

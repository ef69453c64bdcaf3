import { createRoute, z } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { acceptInvitation as acceptInvitationVerb } from '../../services/workspace/accept-invitation.ts';
import { ROLES } from './fields.ts';
import { WORKSPACE_EXAMPLE } from './schemas.ts';

const Body = z.strictObject({
  token: z.string().min(1).max(200).openapi({ description: '`token` of the mailed link.' }),
});

const Accepted = z
  .object({ workspaceId: z.string(), name: z.string(), role: z.enum(ROLES) })
  .openapi({ example: { workspaceId: WORKSPACE_EXAMPLE, name: 'Order desk', role: 'member' } });

export const acceptInvitation = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/invitations/accept',
      operationId: 'acceptInvitation',
      ...usersOnly,
      tags: ['Account'],
      summary: 'Accept an invitation',
      description:
        'For the person whose verified address was invited. Act in the workspace by `PATCH /v1/me {"workspaceId": …}`.',
      request: { body: jsonBody(Body, { token: 'mXn8Vb2wQm0aT3y6Kk1rZ5pLd7cHs9eUf4gJx0iWvYA' }) },
      responses: {
        200: answer('The workspace, joined.', Accepted),
        ...errors('NOT_FOUND', 'EXPIRED'),
      },
    }),
    async (c) =>
      ok(c, await acceptInvitationVerb({ ctx: c.get('ctx'), input: c.req.valid('json') }), 200),
  );

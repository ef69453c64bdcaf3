import { createRoute, z } from '@hono/zod-openapi';
import { ownersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { deleteInvitation as deleteInvitationVerb } from '../../services/workspace/delete-invitation.ts';
import { INVITATION_EXAMPLE, InvitationId } from './schemas.ts';

const Deleted = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .openapi({ example: { id: INVITATION_EXAMPLE, deleted: true } });

export const deleteInvitation = (app: App) =>
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/workspace/invitations/{id}',
      operationId: 'deleteInvitation',
      ...ownersOnly,
      tags: ['Workspace'],
      summary: 'Revoke an invitation',
      request: { params: InvitationId },
      responses: { 200: answer('Its link is dead.', Deleted), ...errors('NOT_FOUND') },
    }),
    async (c) =>
      ok(c, await deleteInvitationVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );

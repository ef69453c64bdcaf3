import { createRoute, z } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { deleteMember as deleteMemberVerb } from '../../services/workspace/delete-member.ts';
import { MemberId, USER_EXAMPLE } from './schemas.ts';

const Deleted = z
  .object({
    id: z.string(),
    deleted: z.literal(true),
    apiKeysLeft: z
      .number()
      .int()
      .describe('Keys that they made and that still work; an owner may revoke them.'),
  })
  .openapi({ example: { id: USER_EXAMPLE, deleted: true, apiKeysLeft: 1 } });

export const deleteMember = (app: App) =>
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/workspace/members/{id}',
      operationId: 'deleteMember',
      ...usersOnly,
      tags: ['Workspace'],
      summary: 'Remove a member, or leave',
      description:
        'Owners remove anybody, everybody may remove themselves; the last owner stays. It counts from the next request on.',
      request: { params: MemberId },
      responses: { 200: answer('They are gone.', Deleted), ...errors('NOT_FOUND', 'CONFLICT') },
    }),
    async (c) =>
      ok(c, await deleteMemberVerb({ ctx: c.get('ctx'), input: c.req.valid('param') }), 200),
  );

import { createRoute, z } from '@hono/zod-openapi';
import { usersOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { deleteMember as deleteMemberVerb } from '../../services/workspace/delete-member.ts';
import { KEY_EXAMPLE } from '../../api/keys/schemas.ts';
import { KeysFate, MemberId, SettledKeys, USER_EXAMPLE } from './schemas.ts';

const Deleted = z
  .object({
    id: z.string(),
    deleted: z.literal(true),
    apiKeys: SettledKeys,
  })
  .openapi({
    example: {
      id: USER_EXAMPLE,
      deleted: true,
      apiKeys: { revoked: [{ id: KEY_EXAMPLE, name: 'Order service' }], takenOver: [] },
    },
  });

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
        'Owners remove anybody, and everybody may leave; the last owner stays. It counts from the next request on. Their API keys are revoked, unless an owner takes them over.',
      request: { params: MemberId, query: z.object({ keys: KeysFate }) },
      responses: { 200: answer('They are gone.', Deleted), ...errors('NOT_FOUND', 'CONFLICT') },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('query') };
      return ok(c, await deleteMemberVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { PageQuery, readCursor } from '../../http/cursor.ts';
import { answer, errorResponses, ok } from '../../http/envelope.ts';
import { listUsers as listUsersVerb } from '../../services/admin/list-users.ts';
import { UserSchema } from './schemas.ts';

const Query = z.object({
  ...PageQuery,
  email: z.string().min(1).max(254).optional().openapi({ description: 'A part of the address.' }),
});

export const listUsers = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/admin/users',
      operationId: 'listUsers',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'List people, newest first',
      request: { query: Query },
      responses: { 200: answer('A page of people.', z.array(UserSchema)), ...errorResponses },
    }),
    async (c) => {
      const { cursor, limit, email = null } = c.req.valid('query');
      const { users, nextCursor } = await listUsersVerb({
        ctx: c.get('ctx'),
        input: { cursor: cursor === undefined ? null : readCursor(cursor), limit, email },
      });
      return ok(c, users, 200, { nextCursor });
    },
  );

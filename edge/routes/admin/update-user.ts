import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { updateUser as updateUserVerb } from '../../services/admin/update-user.ts';
import { PLATFORM_ROLES, UserId, UserSchema } from './schemas.ts';

const StoppedKey = z
  .object({ id: z.string(), name: z.string(), workspaceId: z.string() })
  .describe('A key that stopped working, since its person was disabled.');

const Body = z.strictObject({ role: z.enum(PLATFORM_ROLES), isActive: z.boolean() }).partial();

export const updateUser = (app: App) =>
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/v1/admin/users/{id}',
      operationId: 'updateUser',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'Change a person’s platform role, disable or enable them',
      description:
        'A disabled person is signed out everywhere, at once, and their API keys work no more until they are enabled again. The last active administrator stays, and one named by `ADMIN_EMAILS` keeps the role.',
      request: { params: UserId, body: jsonBody(Body, { isActive: false }) },
      responses: {
        200: answer('The person.', UserSchema.extend({ stoppedKeys: z.array(StoppedKey) })),
        ...errors('NOT_FOUND', 'CONFLICT'),
      },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      return ok(c, await updateUserVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );

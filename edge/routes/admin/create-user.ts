import { createRoute, z } from '@hono/zod-openapi';
import { adminsOnly } from '../../http/allowed-credentials.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { EmailAddress } from '../../identity/email-address.ts';
import { createUser as createUserVerb } from '../../services/admin/create-user.ts';
import { DisplayName } from '../workspace/fields.ts';
import { PLATFORM_ROLES, UserSchema } from './schemas.ts';

const Body = z.strictObject({
  email: EmailAddress,
  name: DisplayName,
  role: z.enum(PLATFORM_ROLES).default('user'),
});

export const createUser = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/admin/users',
      operationId: 'createUser',
      ...adminsOnly,
      tags: ['Admin'],
      summary: 'Make an account for somebody',
      description:
        'Mails them a link that sets their password and confirms the address. It is good for an hour; `POST /auth/request-password-reset` mails another.',
      request: { body: jsonBody(Body, { email: 'ben@example.com', name: 'Ben Example' }) },
      responses: { 201: answer('The account.', UserSchema), ...errors('CONFLICT') },
    }),
    async (c) =>
      ok(c, await createUserVerb({ ctx: c.get('ctx'), input: c.req.valid('json') }), 201),
  );

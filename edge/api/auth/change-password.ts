import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { enforce } from '../../middleware/limit-rate.ts';
import { countSignIn } from '../../services/identity/count-sign-in.ts';
import { personsEvent, recordSecurityEvent } from '../../services/audit/security-event.ts';
import { askerOf, askIdentity, callerOf } from './ask-identity.ts';
import { loginOf } from './ask-with-login.ts';
import { bare, GivenPassword, needsLogin, NewPassword, readAnswer, User } from './schemas.ts';

const Body = z.strictObject({
  currentPassword: GivenPassword,
  newPassword: NewPassword,
  revokeOtherSessions: z
    .literal(true)
    .optional()
    .openapi({ description: 'Always true: the other logins end in any case.' }),
});

const Changed = z.object({ token: z.string(), user: User }).openapi('PasswordChanged');

export const changePassword = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/change-password',
      operationId: 'changePassword',
      ...needsLogin,
      tags: ['Accounts'],
      summary: 'Change the password',
      description:
        'Ends every login of the user. This browser gets a new login cookie. Tries count as sign-ins with the password do.',
      request: {
        body: jsonBody(Body, {
          currentPassword: 'correct horse battery staple',
          newPassword: 'another horse another staple',
        }),
      },
      responses: {
        200: bare('The password is changed, and the login cookie is replaced.', Changed),
        ...errors(),
      },
    }),
    async (c) => {
      const login = await loginOf(c);
      if (login === null)
        throw new AppError('UNAUTHORIZED', 'Sign in first.', { reason: 'UNAUTHORIZED' });
      const { userId, email } = login;
      // A stolen cookie must not allow guessing the password.
      const input = { email, asker: await askerOf(c) };
      enforce(c, await countSignIn({ services: c.get('services'), input }));
      const body = { ...c.req.valid('json'), revokeOtherSessions: true };
      const response = await askIdentity(c, { method: 'POST', path: '/change-password', body });
      const event = personsEvent(userId, { action: 'password.changed' });
      recordSecurityEvent(c.get('services'), callerOf(c), event);
      return c.json(await readAnswer(Changed, response), 200);
    },
  );

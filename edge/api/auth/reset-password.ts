import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { rememberBrowser } from '../../identity/known-browser.ts';
import { dropDisabledReset } from '../../services/identity/drop-disabled-reset.ts';
import { askIdentity } from './ask-identity.ts';
import { bare, needsNothing, NewPassword, readAnswer, Status } from './schemas.ts';

const Body = z.strictObject({ token: z.string().min(1).max(200), newPassword: NewPassword });

export const resetPassword = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/reset-password',
      operationId: 'resetPassword',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Set a new password with a mailed token',
      description:
        'The token works once, within one hour. Every login of the user ends, and the address counts as confirmed. If it did not before, linked identities are unlinked and keys of the user are revoked.',
      request: {
        body: jsonBody(Body, {
          token: 'dI1cQ9vZ0yR4nT7uW2xE5bG8',
          newPassword: 'correct horse battery staple',
        }),
      },
      responses: { 200: bare('The password is set. Sign in with it.', Status), ...errors() },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const services = c.get('services');
      const email = await dropDisabledReset({ services, token: body.token });
      const response = await askIdentity(c, { method: 'POST', path: '/reset-password', body });
      // Who has the mailbox may sign in at once, however many others tried the password.
      if (email !== null) await rememberBrowser(c, services.env, email);
      return c.json(await readAnswer(Status, response), 200);
    },
  );

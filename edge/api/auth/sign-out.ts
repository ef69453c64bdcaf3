import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { readSessionCookie } from '../../identity/session-cookie.ts';
import { endLogin } from '../../services/identity/end-logins.ts';
import { askIdentity, callerOf } from './ask-identity.ts';
import { bare, takesLogin, readAnswer } from './schemas.ts';

const SignedOut = z
  .object({ success: z.boolean() })
  .openapi('SignedOut', { example: { success: true } });

export const signOut = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/sign-out',
      operationId: 'signOut',
      ...takesLogin,
      tags: ['Accounts'],
      summary: 'Sign out',
      description:
        'Ends this login and the user tokens that were made from it, and removes the cookie.',
      responses: { 200: bare('Signed out, or nobody was signed in.', SignedOut), ...errors() },
    }),
    async (c) => {
      const services = c.get('services');
      const sessionToken = await readSessionCookie(c, services.env);
      // Ours, since the library says that somebody is signed out when the database is gone.
      if (typeof sessionToken === 'string')
        await endLogin({ services, caller: callerOf(c), sessionToken });
      const response = await askIdentity(c, { method: 'POST', path: '/sign-out' });
      return c.json(await readAnswer(SignedOut, response), 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { rememberBrowser } from '../../identity/known-browser.ts';
import { useSignInLink } from '../../services/identity/use-sign-in-link.ts';
import { startLogin } from '../../services/users/start-login.ts';
import { callerOf } from './ask-identity.ts';
import { needsNothing } from './schemas.ts';
import { setLoginCookie } from './set-login-cookie.ts';

const Body = z.strictObject({
  token: z
    .string()
    .min(1)
    .max(100)
    .openapi({ description: 'What stands behind the `#` of the link.' }),
});

const Entered = z.object({ userId: z.string(), email: z.string() }).openapi('LinkLogin', {
  example: { userId: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx', email: 'owner@waypost.localhost' },
});

export const signInByLink = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/sign-in/link',
      operationId: 'signInByLink',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Sign in with a one-time link',
      description:
        'Exchanges the token of a sign-in link, such as the one that `npm start` prints, for the login cookie. A link works once, within one hour.',
      request: { body: jsonBody(Body, { token: 'mXn8Vb2wQm0aT3y6Kk1rZ5pLd7cHs9eUf4gJx0iWvYA' }) },
      responses: { 200: answer('Signed in.', Entered), ...errors() },
    }),
    async (c) => {
      const services = c.get('services');
      c.header('cache-control', 'no-store');
      const person = await useSignInLink({ services, input: c.req.valid('json') });
      const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null;
      const input = { userId: person.userId, userAgent, method: 'link' as const };
      const login = await startLogin({ services, caller: callerOf(c), input });
      await setLoginCookie(c, login);
      await rememberBrowser(c, services.env, person.email);
      return ok(c, person, 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { readSessionCookie } from '../../identity/session-cookie.ts';
import { rememberBrowser } from '../../identity/known-browser.ts';
import { linkSupabase } from '../../services/users/link-supabase.ts';
import { loadUser } from '../../services/users/load-user.ts';
import { startLogin } from '../../services/users/start-login.ts';
import { callerOf } from './ask-identity.ts';
import { needsNothing } from './schemas.ts';
import { setLoginCookie } from './set-login-cookie.ts';

const Body = z.strictObject({
  accessToken: z
    .string()
    .min(1)
    .max(16_000)
    .openapi({ description: 'An access token from Supabase Auth.' }),
});

const Exchanged = z
  .object({
    userId: z.string(),
    email: z.string(),
    /** Whether the Supabase user was added to the login that was there, instead of starting one. */
    linked: z.boolean(),
  })
  .openapi('SupabaseLogin', {
    example: {
      userId: 'usr_01k2q8z6m4c8f7h3n5r9t1v0wx',
      email: 'ann@example.com',
      linked: false,
    },
  });

export const exchangeSupabase = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/supabase',
      operationId: 'exchangeSupabase',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Sign in with Supabase, or link it',
      description:
        'Exchanges an access token of the configured Supabase project for the login cookie, and creates an account the first time. If you are signed in already, it links the Supabase user to your account instead. If another account has the address, the answer is `CONFLICT`; an account that was never confirmed becomes yours if the project confirms addresses. An address that is not confirmed is mailed a link first (`email_not_verified`).',
      request: {
        body: jsonBody(Body, {
          accessToken: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2ln',
        }),
      },
      responses: {
        200: answer('Signed in, or linked.', Exchanged),
        ...errors('CONFLICT', 'NOT_SUPPORTED'),
      },
    }),
    async (c) => {
      const services = c.get('services');
      const { accessToken } = c.req.valid('json');
      if (services.supabaseTokens === null)
        throw new AppError('NOT_SUPPORTED', 'This deployment does not accept Supabase tokens.');
      const claims = await services.supabaseTokens.verify(accessToken);
      if (claims === null)
        throw new AppError(
          'UNAUTHORIZED',
          'This is not a valid access token of the Supabase project.',
        );
      c.header('cache-control', 'no-store');

      const caller = callerOf(c);
      const current = await readSessionCookie(c, services.env);
      if (typeof current === 'string') {
        const input = { sessionToken: current, subject: claims.subject };
        const account = await linkSupabase({ services, caller, input });
        if (account !== null) return ok(c, { ...account, linked: true }, 200);
      }
      const credential = { kind: 'supabase' as const, ...claims };
      const { actor } = await loadUser({ services, caller, credential, allowSuspended: true });
      const { userId, email } = actor;
      const userAgent = c.req.header('user-agent')?.slice(0, 300) ?? null;
      const input = { userId, userAgent, method: 'supabase' as const };
      const login = await startLogin({ services, caller, input });
      await setLoginCookie(c, login);
      await rememberBrowser(c, services.env, email);
      return ok(c, { userId, email, linked: false }, 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { rememberBrowser } from '../../identity/known-browser.ts';
import { returnUrl } from '../../identity/return-url.ts';
import { personsEvent, recordSecurityEvent } from '../../services/audit/security-event.ts';
import { askIdentity, callerOf } from './ask-identity.ts';
import { needsNothing } from './schemas.ts';

const text = z.string().max(4_000).optional();
const Query = z.object({
  code: text,
  state: text,
  iss: text,
  error: text,
  error_description: text,
});

export const callbackGoogle = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/auth/callback/google',
      operationId: 'finishGoogleSignIn',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Finish a sign-in with Google',
      description:
        'Register this address with Google as the redirect URI. Browsers are sent here by Google; it works once, for the browser that began the sign-in.',
      request: { query: Query },
      responses: {
        302: {
          description:
            'Redirects to `callbackURL`, or to `errorCallbackURL` with `error` in the query.',
        },
        ...errors(),
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const request = { method: 'GET' as const, path: '/callback/google', query, google: true };
      const response = await askIdentity(c, request);
      const { env } = c.get('services');
      const location = returnUrl(response.headers.get('location') ?? '/', env);
      const reason = new URL(location).searchParams.get('error');
      if (reason === null) await rememberBrowser(c, env, null);
      else {
        const details = { reason: reason.slice(0, 100), method: 'google' };
        const event = personsEvent(null, { action: 'user.sign_in_failed', details });
        recordSecurityEvent(c.get('services'), callerOf(c), event);
      }
      return c.redirect(location, 302);
    },
  );

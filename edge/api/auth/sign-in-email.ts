import { RATES } from '../../../shared/catalogue/limits.ts';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { accountSubject, readKnownBrowser, rememberBrowser } from '../../identity/known-browser.ts';
import { returnUrl } from '../../identity/return-url.ts';
import { countedAddress } from '../../middleware/counted-address.ts';
import { enforce } from '../../middleware/limit-rate.ts';
import { noteFailedSignIn } from '../../services/identity/note-failed-sign-in.ts';
import { askIdentity, callerOf } from './ask-identity.ts';
import {
  bare,
  EmailAddress,
  GivenPassword,
  needsNothing,
  readAnswer,
  ReturnAddress,
  User,
} from './schemas.ts';

const Body = z.strictObject({
  email: EmailAddress,
  password: GivenPassword,
  rememberMe: z.boolean().optional().openapi({
    description:
      'With `false` the login ends when the browser closes, and after a day at the latest. Otherwise it lasts seven days.',
  }),
  callbackURL: ReturnAddress.optional(),
});

const SignedIn = z
  .object({ redirect: z.boolean(), token: z.string(), url: z.url().optional(), user: User })
  .openapi('SignedIn');

/** The identity library gives the address back as it was asked for, which may be a path. */
const LibrarySignIn = SignedIn.extend({ url: z.string().optional() });

export const signInEmail = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/sign-in/email',
      operationId: 'signInEmail',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Sign in with e-mail address and password',
      description:
        'Sets the login cookie. An unknown address and a wrong password get the same answer (`INVALID_EMAIL_OR_PASSWORD`). An address that is not confirmed yet is sent a new link (`EMAIL_NOT_VERIFIED`).',
      request: {
        body: jsonBody(Body, {
          email: 'ann@example.com',
          password: 'correct horse battery staple',
        }),
      },
      responses: { 200: bare('Signed in.', SignedIn), ...errors() },
    }),
    async (c) => {
      const body = c.req.valid('json');
      await limitTries(c, body.email);
      try {
        const response = await askIdentity(c, { method: 'POST', path: '/sign-in/email', body });
        const { env } = c.get('services');
        await rememberBrowser(c, env, body.email);
        const { url, ...signedIn } = await readAnswer(LibrarySignIn, response);
        return c.json(
          { ...signedIn, ...(url === undefined ? {} : { url: returnUrl(url, env) }) },
          200,
        );
      } catch (error) {
        note(c, body.email, error);
        throw error;
      }
    },
  );

/**
 * Counts every try at an account, whether there is such an account or not: by client, and, since a password is guessed from
 * many addresses at once as well, all together. A browser that signed in to it before counts by itself alone: nobody can
 * lock its owner out. Clients without a known address cannot be told apart.
 */
async function limitTries(c: Context<AppEnv>, email: string): Promise<void> {
  const { env, rateLimiter } = c.get('services');
  const account = await accountSubject(email);
  const browser = await readKnownBrowser(c, env);
  if (browser?.accounts.includes(account) === true) {
    enforce(c, await rateLimiter.check(`${account}:${browser.id}`, [RATES.accountClient]));
    return;
  }
  const address = countedAddress(c.req.raw.headers, env.CLIENT_IP_HEADER);
  if (address !== null)
    enforce(c, await rateLimiter.check(`${account}:${address}`, [RATES.accountClient]));
  enforce(c, await rateLimiter.check(account, [RATES.account]));
}

function note(c: Context<AppEnv>, email: string, error: unknown): void {
  const reason = error instanceof AppError ? error.details?.['reason'] : undefined;
  if (typeof reason !== 'string') return;
  noteFailedSignIn({ services: c.get('services'), caller: callerOf(c), input: { email, reason } });
}

import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { rememberBrowser } from '../../identity/known-browser.ts';
import { returnUrl } from '../../identity/return-url.ts';
import { enforce } from '../../middleware/limit-rate.ts';
import { countSignIn } from '../../services/identity/count-sign-in.ts';
import { noteFailedSignIn } from '../../services/identity/note-failed-sign-in.ts';
import { askerOf, askIdentity, callerOf } from './ask-identity.ts';
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
      const { url, ...signedIn } = await signIn(c, body);
      const { env } = c.get('services');
      await rememberBrowser(c, env, body.email);
      return c.json(
        { ...signedIn, ...(url === undefined ? {} : { url: returnUrl(url, env) }) },
        200,
      );
    },
  );

/** Compares the password, counted and noted as a try at it. @returns the login that was made */
export async function signIn(
  c: Context<AppEnv>,
  body: Readonly<{ email: string; password: string }>,
): Promise<z.output<typeof LibrarySignIn>> {
  const input = { email: body.email, asker: await askerOf(c) };
  enforce(c, await countSignIn({ services: c.get('services'), input }));
  try {
    const response = await askIdentity(c, { method: 'POST', path: '/sign-in/email', body });
    return await readAnswer(LibrarySignIn, response);
  } catch (error) {
    note(c, body.email, error);
    throw error;
  }
}

function note(c: Context<AppEnv>, email: string, error: unknown): void {
  const reason = error instanceof AppError ? error.details?.['reason'] : undefined;
  if (typeof reason !== 'string') return;
  noteFailedSignIn({ services: c.get('services'), caller: callerOf(c), input: { email, reason } });
}

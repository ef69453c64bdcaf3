import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
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
    description: 'False: the login ends with the browser, and after a day. Seven days otherwise.',
  }),
  callbackURL: ReturnAddress.optional(),
});

const SignedIn = z
  .object({ redirect: z.boolean(), token: z.string(), url: z.string().optional(), user: User })
  .openapi('SignedIn');

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
        'Sets the login cookie. An unknown address and a wrong password are answered alike (`INVALID_EMAIL_OR_PASSWORD`); an address that is not confirmed yet gets a new link (`EMAIL_NOT_VERIFIED`).',
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
      try {
        const response = await askIdentity(c, { method: 'POST', path: '/sign-in/email', body });
        return c.json(await readAnswer(SignedIn, response), 200);
      } catch (error) {
        note(c, body.email, error);
        throw error;
      }
    },
  );

function note(c: Context<AppEnv>, email: string, error: unknown): void {
  const reason = error instanceof AppError ? error.details?.['reason'] : undefined;
  if (typeof reason !== 'string') return;
  noteFailedSignIn({ services: c.get('services'), caller: callerOf(c), input: { email, reason } });
}

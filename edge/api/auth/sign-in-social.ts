import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { askIdentity } from './ask-identity.ts';
import { bare, needsNothing, readAnswer, ReturnAddress } from './schemas.ts';

const Body = z.strictObject({
  provider: z.literal('google'),
  callbackURL: ReturnAddress.optional(),
  newUserCallbackURL: ReturnAddress.optional(),
  errorCallbackURL: ReturnAddress.optional(),
  disableRedirect: z.boolean().optional(),
});

const Started = z.object({ url: z.url(), redirect: z.boolean() }).openapi('SocialSignIn', {
  example: {
    url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=waypost',
    redirect: true,
  },
});

export const signInSocial = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/sign-in/social',
      operationId: 'signInSocial',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Begin a sign-in with Google',
      description:
        'Send the browser to `url`, with the cookie that this answer sets. It returns to `callbackURL` signed in, or to `errorCallbackURL` with `error`. Google must have verified the address. It joins the account that has the address; if that account was never confirmed, everything else that signed in to it ends. A new account needs an address that may sign up (`SIGN_UP`).',
      request: { body: jsonBody(Body, { provider: 'google', callbackURL: '/' }) },
      responses: { 200: bare('Where to send the browser.', Started), ...errors('NOT_FOUND') },
    }),
    async (c) => {
      const { env } = c.get('services');
      if (env.GOOGLE_CLIENT_ID === undefined)
        throw new AppError('NOT_FOUND', 'Sign-in with Google is not set up here.', {
          reason: 'PROVIDER_NOT_FOUND',
        });
      const body = c.req.valid('json');
      try {
        const request = { method: 'POST' as const, path: '/sign-in/social', body, google: true };
        return c.json(await readAnswer(Started, await askIdentity(c, request)), 200);
      } catch (error) {
        if (error instanceof AppError && error.details?.['reason'] === 'PROVIDER_NOT_FOUND')
          throw new AppError('UNAVAILABLE', 'Google does not answer; try again shortly.');
        throw error;
      }
    },
  );

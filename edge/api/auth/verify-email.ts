import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { returnUrl } from '../../identity/return-url.ts';
import { askIdentity } from './ask-identity.ts';
import { bare, needsNothing, readAnswer, ReturnAddress, Status } from './schemas.ts';

const Query = z.object({
  token: z.string().min(1).max(4_000).openapi({ example: 'eyJhbGciOiJIUzI1NiJ9.…' }),
  callbackURL: ReturnAddress.optional(),
});

export const verifyEmail = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/auth/verify-email',
      operationId: 'verifyEmail',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Confirm an address with the mailed link',
      description:
        'The link works for one hour, or until the next sign-up with this address. With `callbackURL` the answer redirects there, with `error` if the link does not work.',
      request: { query: Query },
      responses: {
        200: bare('The address is confirmed. You can sign in now.', Status),
        302: { description: 'Redirects to `callbackURL`.' },
        ...errors(),
      },
    }),
    async (c) => {
      const request = {
        method: 'GET' as const,
        path: '/verify-email',
        query: c.req.valid('query'),
      };
      const response = await askIdentity(c, request);
      const location = response.headers.get('location');
      if (location !== null) return c.redirect(returnUrl(location, c.get('services').env), 302);
      return c.json(await readAnswer(Status, response), 200);
    },
  );

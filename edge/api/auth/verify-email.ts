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
      summary: 'Confirm an address by the mailed link',
      description:
        'The link is good for one hour, and for the password that it was mailed about. With `callbackURL` the answer is a redirect there, with `error` when the link is no good.',
      request: { query: Query },
      responses: {
        200: bare('The address is confirmed; sign in now.', Status),
        302: { description: 'To `callbackURL`.' },
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

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { askIdentity } from './ask-identity.ts';
import { bare, EmailAddress, needsNothing, readAnswer, ReturnAddress } from './schemas.ts';

const Body = z.strictObject({
  email: EmailAddress,
  redirectTo: ReturnAddress.optional().openapi({
    description:
      'The page that asks for the new password. The mailed link opens it with `token` in the query.',
  }),
});

const Requested = z.object({ status: z.boolean(), message: z.string() }).openapi('ResetRequested', {
  example: {
    status: true,
    message: 'If this email exists in our system, check your email for the reset link',
  },
});

export const requestPasswordReset = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/request-password-reset',
      operationId: 'requestPasswordReset',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Request a link that sets a new password',
      description: 'The answer is the same whether the account exists or not.',
      request: { body: jsonBody(Body, { email: 'ann@example.com' }) },
      responses: {
        200: bare('If the account exists, the mail is on its way.', Requested),
        ...errors(),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const response = await askIdentity(c, {
        method: 'POST',
        path: '/request-password-reset',
        body,
      });
      return c.json(await readAnswer(Requested, response), 200);
    },
  );

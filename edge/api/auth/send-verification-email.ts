import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { askIdentity } from './ask-identity.ts';
import { bare, EmailAddress, needsNothing, readAnswer, ReturnAddress, Status } from './schemas.ts';

const Body = z.strictObject({ email: EmailAddress, callbackURL: ReturnAddress.optional() });

export const sendVerificationEmail = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/send-verification-email',
      operationId: 'sendVerificationEmail',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Send the confirmation link again',
      description: 'The answer is the same whether the account exists or not.',
      request: { body: jsonBody(Body, { email: 'ann@example.com' }) },
      responses: {
        200: bare('If the account exists, the mail is on its way.', Status),
        ...errors(),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const response = await askIdentity(c, {
        method: 'POST',
        path: '/send-verification-email',
        body,
        withoutCookies: true,
      });
      return c.json(await readAnswer(Status, response), 200);
    },
  );

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
      summary: 'Mail another link that confirms an address',
      description: 'The answer is the same whether there is such an account or not.',
      request: { body: jsonBody(Body, { email: 'ann@example.com' }) },
      responses: { 200: bare('A mail is on its way if it can be used.', Status), ...errors() },
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

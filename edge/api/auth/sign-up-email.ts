import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { judgeSignUp, signUpRefused } from '../../services/identity/judge-sign-up.ts';
import { Name } from '../name-fields.ts';
import { askIdentity } from './ask-identity.ts';
import {
  bare,
  EmailAddress,
  needsNothing,
  NewPassword,
  readAnswer,
  ReturnAddress,
  User,
} from './schemas.ts';

const Body = z.strictObject({
  name: Name.openapi({ example: 'Ann Example' }),
  email: EmailAddress,
  password: NewPassword,
  callbackURL: ReturnAddress.optional(),
});

const SignedUp = z.object({ token: z.null(), user: User }).openapi('SignedUp');

export const signUpEmail = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/sign-up/email',
      operationId: 'signUpEmail',
      ...needsNothing,
      tags: ['Accounts'],
      summary: 'Sign up with an e-mail address and a password',
      description:
        'Mails a link that confirms the address. After that, you can sign in. The answer is the same for an address that already has an account; its owner is notified by mail. If the mail is lost, sign up again: until the address is confirmed, the latest name and password count. Where sign-up is limited to invited addresses or closed, others get `FORBIDDEN` (`not_invited`, `sign_up_closed`).',
      request: {
        body: jsonBody(Body, {
          name: 'Ann Example',
          email: 'ann@example.com',
          password: 'correct horse battery staple',
        }),
      },
      responses: { 200: bare('A mail is on its way.', SignedUp), ...errors() },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { name, email, callbackURL } = body;
      const refusal = await judgeSignUp({ services: c.get('services'), email });
      if (refusal !== null) throw signUpRefused(refusal);
      const request = { method: 'POST' as const, path: '/sign-up/email', body };
      const response = await askIdentity(c, { ...request, signUp: { name, callbackURL } });
      return c.json(await readAnswer(SignedUp, response), 200);
    },
  );

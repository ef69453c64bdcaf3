import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { askWithLogin } from './ask-with-login.ts';
import { bare, LoginSession, takesLogin, readAnswer, User } from './schemas.ts';

const Session = z.object({ session: LoginSession, user: User }).nullable().openapi('AuthLogin');

export const getAuthSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/auth/get-session',
      operationId: 'getAuthSession',
      ...takesLogin,
      tags: ['Accounts'],
      summary: 'Get the current login',
      responses: {
        200: bare('The login and its user, or null when nobody is signed in.', Session),
        ...errors(),
      },
    }),
    async (c) => {
      const response = await askWithLogin(c, { method: 'GET', path: '/get-session' });
      return c.json(response === null ? null : await readAnswer(Session, response), 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { askWithLogin } from './ask-with-login.ts';
import { bare, LoginSession, needsLogin, readAnswer } from './schemas.ts';

const Sessions = z.array(LoginSession);

export const listAuthSessions = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/auth/list-sessions',
      operationId: 'listAuthSessions',
      ...needsLogin,
      tags: ['Accounts'],
      summary: 'List the logins of the signed-in user',
      responses: { 200: bare('The logins that have not expired.', Sessions), ...errors() },
    }),
    async (c) => {
      const response = await askWithLogin(c, { method: 'GET', path: '/list-sessions' });
      if (response === null)
        throw new AppError('UNAUTHORIZED', 'Sign in first.', { reason: 'UNAUTHORIZED' });
      return c.json(await readAnswer(Sessions, response), 200);
    },
  );

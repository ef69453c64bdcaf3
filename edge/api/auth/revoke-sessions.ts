import { createRoute } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { readSessionCookie } from '../../identity/session-cookie.ts';
import { endAllLogins } from '../../services/identity/end-logins.ts';
import { callerOf } from './ask-identity.ts';
import { bare, needsLogin, Status } from './schemas.ts';

export const revokeSessions = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/auth/revoke-sessions',
      operationId: 'revokeSessions',
      ...needsLogin,
      tags: ['Accounts'],
      summary: 'Sign out everywhere',
      description:
        'Ends every login of the user, including this one, and all user tokens that were made from them.',
      responses: { 200: bare('All logins have ended.', Status), ...errors() },
    }),
    async (c) => {
      const services = c.get('services');
      const sessionToken = await readSessionCookie(c, services.env);
      const ended =
        typeof sessionToken === 'string' &&
        (await endAllLogins({ services, caller: callerOf(c), sessionToken }));
      if (!ended) throw new AppError('UNAUTHORIZED', 'Sign in first.', { reason: 'UNAUTHORIZED' });
      return c.json({ status: true }, 200);
    },
  );

import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getSession as getSessionVerb } from '../../services/sessions/get-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const getSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}',
      operationId: 'getSession',
      ...requiredScope('sessions:read'),
      tags: ['Sessions'],
      summary: 'Get a session',
      request: { params: SessionRef },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const session = await getSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

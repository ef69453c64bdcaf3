import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { startSession as startSessionVerb } from '../../services/sessions/start-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const startSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/start',
      operationId: 'startSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Start a session',
      request: { params: SessionRef },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const session = await startSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

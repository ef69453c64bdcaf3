import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { stopSession as stopSessionVerb } from '../../services/sessions/stop-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const stopSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/stop',
      operationId: 'stopSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Stop a session, keeping its link',
      request: { params: SessionRef },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const session = await stopSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

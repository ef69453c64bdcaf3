import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { restartSession as restartSessionVerb } from '../../services/sessions/restart-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const restartSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/restart',
      operationId: 'restartSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Restart a session',
      description:
        'Gives it another browser once the send in flight has ended. The link with the phone stays; one that does not run is started.',
      request: { params: SessionRef },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const session = await restartSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

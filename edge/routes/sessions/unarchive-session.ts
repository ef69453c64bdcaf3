import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { unarchiveSession as unarchiveSessionVerb } from '../../services/sessions/unarchive-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const unarchiveSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/unarchive',
      operationId: 'unarchiveSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Take a session out of the archive',
      description: 'It counts in the tier again, and stays stopped until it is started.',
      request: { params: SessionRef },
      responses: {
        200: answer('The session.', SessionSchema),
        ...errors('SESSION_NOT_FOUND', 'LIMIT_EXCEEDED'),
      },
    }),
    async (c) => {
      const session = await unarchiveSessionVerb({
        ctx: c.get('ctx'),
        input: c.req.valid('param'),
      });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { archiveSession as archiveSessionVerb } from '../../services/sessions/archive-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

export const archiveSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/archive',
      operationId: 'archiveSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Archive a session',
      description:
        'Stops it and puts it away: hidden, outside the count of the tier, and unknown to sends. Link and messages stay; `unarchive` brings it back.',
      request: { params: SessionRef },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const session = await archiveSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, session, 200, { sessionId: session.id, sessionName: session.name });
    },
  );

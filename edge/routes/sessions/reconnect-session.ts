import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { reconnectSession as reconnectSessionVerb } from '../../services/sessions/reconnect-session.ts';
import { SessionRef, SessionSchema } from './schemas.ts';

const Body = z.strictObject({
  acceptNumber: z.boolean().default(false).openapi({
    description:
      'The new number of the phone is right: ends `action_required: number_changed`. Messages that are queued or scheduled under the number before fail as `NUMBER_CHANGED`; `meta.failedMessages` says how many.',
  }),
});

export const reconnectSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/reconnect',
      operationId: 'reconnectSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Reconnect a session now',
      description:
        'Tries at once what would be tried after a pause. Does nothing to a session that is online, and starts one that does not run.',
      request: { params: SessionRef, body: jsonBody(Body, { acceptNumber: false }) },
      responses: { 200: answer('The session.', SessionSchema), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const input = { ...c.req.valid('param'), ...c.req.valid('json') };
      const { session, failedMessages } = await reconnectSessionVerb({ ctx: c.get('ctx'), input });
      return ok(c, session, 200, {
        sessionId: session.id,
        sessionName: session.name,
        ...(failedMessages !== null && { failedMessages }),
      });
    },
  );

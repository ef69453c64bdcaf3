import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { logoutSession as logoutSessionVerb } from '../../services/sessions/logout-session.ts';
import { SESSION_EXAMPLE, SessionRef } from './schemas.ts';

const LoggedOut = z
  .object({
    id: z.string(),
    status: z.string(),
    reason: z.string(),
    told: z
      .boolean()
      .describe('Whether WhatsApp was told. If not, remove the device on the phone as well.'),
  })
  .openapi('LoggedOutSession', {
    example: {
      id: SESSION_EXAMPLE,
      status: 'logged_out',
      reason: 'logged_out: requested',
      told: true,
    },
  });

export const logoutSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/logout',
      operationId: 'logoutSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Unlink the phone',
      description:
        'Drops the link at WhatsApp. The session stays, `logged_out`, and never reconnects by itself; a start shows a new QR code.',
      request: { params: SessionRef },
      responses: { 200: answer('It is unlinked.', LoggedOut), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const { session, told } = await logoutSessionVerb({
        ctx: c.get('ctx'),
        input: c.req.valid('param'),
      });
      const { id, status, reason, name } = session;
      return ok(c, { id, status, reason, told }, 200, { sessionId: id, sessionName: name });
    },
  );

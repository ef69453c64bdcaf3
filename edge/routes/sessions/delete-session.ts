import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { deleteSession as deleteSessionVerb } from '../../services/sessions/delete-session.ts';
import { SESSION_EXAMPLE, SessionRef } from './schemas.ts';

const Deleted = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .openapi('DeletedSession', { example: { id: SESSION_EXAMPLE, deleted: true } });

export const deleteSession = (app: App) =>
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/sessions/{id}',
      operationId: 'deleteSession',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: 'Delete a session',
      description:
        'Deletes it with its messages. Messages that still wait in its queue are not sent.',
      request: { params: SessionRef },
      responses: { 200: answer('It is deleted.', Deleted), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const deleted = await deleteSessionVerb({ ctx: c.get('ctx'), input: c.req.valid('param') });
      return ok(c, deleted, 200);
    },
  );

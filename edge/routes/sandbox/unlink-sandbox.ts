import { createRoute } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { askSession } from '../../services/live/ask-session.ts';
import { Done, sandboxErrors, SessionRef } from './schemas.ts';

export const unlinkSandbox = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/sandbox/unlink',
      operationId: 'unlinkSandbox',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: 'Unlink the session on the phone',
      request: { params: SessionRef },
      responses: { 200: answer('Done.', Done), ...sandboxErrors },
    }),
    async (c) => {
      const { output } = await askSession({
        ctx: c.get('ctx'),
        scope: 'sessions:write',
        input: { ...c.req.valid('param'), name: 'sandbox.unlink', ask: {} },
      });
      return ok(c, output, 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { askSession } from '../../services/live/ask-session.ts';
import { sandboxErrors, SessionRef } from './schemas.ts';

const State = z
  .record(z.string(), z.unknown())
  .openapi('SandboxState', { example: { linked: true, online: true } });

export const getSandbox = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}/sandbox',
      operationId: 'getSandbox',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: 'Look at the simulated phone',
      request: { params: SessionRef },
      responses: { 200: answer('Its state.', State), ...sandboxErrors },
    }),
    async (c) => {
      const { output } = await askSession({
        ctx: c.get('ctx'),
        scope: 'sessions:write',
        input: { ...c.req.valid('param'), name: 'sandbox.state', ask: {} },
      });
      return ok(c, output, 200);
    },
  );

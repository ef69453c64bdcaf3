import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { jsonBody } from '../../http/json-body.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { askSession } from '../../services/live/ask-session.ts';
import { Done, sandboxErrors, SessionRef } from './schemas.ts';

const Body = z.strictObject({
  online: z.boolean(),
  forMs: z
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .openapi({ description: 'Milliseconds after which it turns back by itself.' }),
});

export const setSandboxNetwork = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/sessions/{id}/sandbox/network',
      operationId: 'setSandboxNetwork',
      ...requiredScope('sessions:write'),
      tags: ['Sandbox'],
      summary: "Cut the phone's network, or bring it back",
      request: { params: SessionRef, body: jsonBody(Body, { online: false, forMs: 5000 }) },
      responses: { 200: answer('Done.', Done), ...sandboxErrors },
    }),
    async (c) => {
      const { output } = await askSession({
        ctx: c.get('ctx'),
        scope: 'sessions:write',
        input: { ...c.req.valid('param'), name: 'sandbox.network', ask: c.req.valid('json') },
      });
      return ok(c, output, 200);
    },
  );

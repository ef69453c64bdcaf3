import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { errors } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { askSession } from '../../services/live/ask-session.ts';

import { SessionRef } from './schemas.ts';

export const getSessionScreenshot = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}/screenshot',
      operationId: 'getSessionScreenshot',
      ...requiredScope('sessions:write'),
      tags: ['Sessions'],
      summary: "Get a picture of the session's page",
      request: { params: SessionRef },
      responses: {
        200: {
          description: 'A PNG.',
          content: { 'image/png': { schema: z.string().openapi({ format: 'binary' }) } },
        },
        ...errors('SESSION_NOT_FOUND', 'SESSION_NOT_READY'),
      },
    }),
    async (c) => {
      const { output } = await askSession({
        ctx: c.get('ctx'),
        scope: 'sessions:write',
        input: { ...c.req.valid('param'), name: 'screenshot', ask: {} },
      });
      const png = Uint8Array.from(atob(output.pngBase64), (char) => char.charCodeAt(0));
      return c.body(png.buffer, 200, {
        'content-type': 'image/png',
        'cache-control': 'no-store',
      });
    },
  );

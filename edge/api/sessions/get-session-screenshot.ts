import { z } from '@hono/zod-openapi';
import { fromBase64 } from '../../../shared/base64.ts';
import { askSession } from '../../services/live/ask-session.ts';
import { rawOperation } from '../operation.ts';
import { scope } from '../takes.ts';
import { SessionRef } from './schemas.ts';

export const getSessionScreenshot = rawOperation({
  id: 'getSessionScreenshot',
  method: 'get',
  path: '/v1/sessions/{id}/screenshot',
  takes: scope('sessions:write'),
  summary: "Get a picture of the session's page",
  params: SessionRef,
  responses: {
    200: {
      description: 'A PNG image.',
      content: { 'image/png': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  errors: ['SESSION_NOT_FOUND', 'SESSION_NOT_READY'],
  run: async ({ ctx, params }, c) => {
    const { output } = await askSession({ ctx, input: { ...params, name: 'screenshot', ask: {} } });
    const png = fromBase64(output.pngBase64);
    return c.body(png.buffer, 200, { 'content-type': 'image/png', 'cache-control': 'no-store' });
  },
});

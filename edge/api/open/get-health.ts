import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';

const Health = z
  .object({ status: z.literal('ok') })
  .openapi('Health', { example: { status: 'ok' } });

export const getHealth = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/health',
      operationId: 'getHealth',
      tags: ['Operations'],
      summary: 'Check that the Worker is running',
      description: 'Does not check any dependency; see /ready for that.',
      security: [],
      responses: { 200: answer('The Worker is running.', Health) },
    }),
    (c) => {
      c.header('cache-control', 'no-store');
      return ok(c, { status: 'ok' as const }, 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { checkReadiness } from '../../services/readiness/check-readiness.ts';

const Probe = z.object({ status: z.enum(['up', 'down']), durationMs: z.number() }).openapi('Probe');
const up = { status: 'up' as const, durationMs: 3 };

const Readiness = z
  .object({
    status: z.enum(['ready', 'degraded', 'unavailable']),
    dependencies: z.object({ database: Probe, redis: Probe, qstash: Probe, objects: Probe }),
    runners: Probe.extend({ online: z.number().int() }),
  })
  .openapi('Readiness', {
    example: {
      status: 'ready',
      dependencies: { database: up, redis: up, qstash: up, objects: up },
      runners: { ...up, online: 2 },
    },
  });

export const getReady = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/ready',
      operationId: 'getReady',
      tags: ['Operations'],
      summary: 'Check the dependencies',
      description:
        'Answers 503 when the database cannot be reached. When another part is unavailable, the status is `degraded` and the answer is still 200: sends are queued, and webhooks wait. An answer is up to a second old.',
      security: [],
      middleware: limitPages,
      responses: {
        200: answer('The service works.', Readiness),
        503: answer('The service does not work.', Readiness),
      },
    }),
    async (c) => {
      const readiness = await checkReadiness({ ctx: c.get('services') });
      c.header('cache-control', 'no-store');
      return ok(c, readiness, readiness.status === 'unavailable' ? 503 : 200);
    },
  );

import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, ok } from '../../http/envelope.ts';
import { carriesToken } from '../../../shared/metrics/operators-token.ts';
import { limitPages } from '../../middleware/limit-rate.ts';
import { checkReadiness } from '../../services/readiness/check-readiness.ts';

const Probe = z.object({ status: z.enum(['up', 'down']), durationMs: z.number() }).openapi('Probe');
const up = { status: 'up' as const, durationMs: 3 };

const Readiness = z
  .object({
    status: z.enum(['ready', 'degraded', 'unavailable']),
    dependencies: z
      .object({ database: Probe, redis: Probe, qstash: Probe, objects: Probe })
      .optional(),
    runners: z.object({ status: z.enum(['up', 'down']), online: z.number().int() }).optional(),
  })
  .openapi('Readiness', {
    example: {
      status: 'ready',
      dependencies: { database: up, redis: up, qstash: up, objects: up },
      runners: { status: 'up', online: 2 },
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
        'Answers 503 when the database cannot be reached. When another part is unavailable, the status is `degraded` and the answer is still 200: sends are queued, and webhooks wait. The parts are shown to the operator alone, who sends `METRICS_TOKEN` as a bearer token. An answer is a few seconds old at most.',
      security: [],
      middleware: limitPages,
      responses: {
        200: answer('The service works.', Readiness),
        503: answer('The service does not work.', Readiness),
      },
    }),
    async (c) => {
      const ctx = c.get('services');
      const readiness = await checkReadiness({ ctx });
      const token = ctx.env.METRICS_TOKEN;
      const isOperator =
        token !== undefined && (await carriesToken(c.req.header('authorization'), token));
      c.header('cache-control', 'no-store');
      const shown = isOperator ? readiness : { status: readiness.status };
      return ok(c, shown, readiness.status === 'unavailable' ? 503 : 200);
    },
  );

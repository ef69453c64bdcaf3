import { createRoute, z } from '@hono/zod-openapi';
import { SessionMetrics } from '../../../shared/protocol/leases.ts';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { getSessionMetrics as getSessionMetricsVerb } from '../../services/sessions/get-session-metrics.ts';
import { SessionRef } from './schemas.ts';

const Uptime = z.object({
  wantedSeconds: z.number().int().describe('Linked, and stopped by nobody.'),
  onlineSeconds: z.number().int(),
  share: z.number().nullable().describe('Online of wanted; null when it was not wanted at all.'),
});

const Metrics = z
  .object({
    resources: SessionMetrics.extend({ measuredAt: z.iso.datetime() })
      .nullable()
      .describe('Of the processes of the session; null when nothing runs.'),
    uptime: z.object({ day: Uptime, week: Uptime }).describe('Over 24 hours and 7 days.'),
  })
  .openapi('SessionMetrics', {
    example: {
      resources: {
        pssBytes: 163_577_856,
        rssBytes: 512_000_000,
        cpuPercent: 1.4,
        processes: 8,
        measuredAt: '2026-11-21T10:00:00.000Z',
      },
      uptime: {
        day: { wantedSeconds: 86_400, onlineSeconds: 86_310, share: 0.999 },
        week: { wantedSeconds: 172_800, onlineSeconds: 172_500, share: 0.9983 },
      },
    },
  });

export const getSessionMetrics = (app: App) =>
  app.openapi(
    createRoute({
      method: 'get',
      path: '/v1/sessions/{id}/metrics',
      operationId: 'getSessionMetrics',
      ...requiredScope('sessions:read'),
      tags: ['Sessions'],
      summary: 'Get memory, processor time and uptime of a session',
      description: 'Measured about every 30 seconds by the runner that holds it.',
      request: { params: SessionRef },
      responses: { 200: answer('What it takes.', Metrics), ...errors('SESSION_NOT_FOUND') },
    }),
    async (c) => {
      const { resources, uptime, ...names } = await getSessionMetricsVerb({
        ctx: c.get('ctx'),
        input: c.req.valid('param'),
      });
      return ok(c, { resources, uptime }, 200, names);
    },
  );

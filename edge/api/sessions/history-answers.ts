import { z } from '@hono/zod-openapi';
import { SessionMetrics } from '../../../shared/protocol/leases.ts';

/** What a session has used and what happened to it. */

const Uptime = z
  .object({
    wantedSeconds: z
      .number()
      .int()
      .describe('Time in which the session was linked and not stopped.'),
    onlineSeconds: z.number().int(),
    share: z
      .number()
      .nullable()
      .describe('`onlineSeconds` divided by `wantedSeconds`; null when the latter is 0.'),
  })
  .openapi('Uptime');

export const SessionMetricsSchema = z
  .object({
    resources: SessionMetrics.extend({
      pageErrors: SessionMetrics.shape.pageErrors.describe(
        'Errors on the page of WhatsApp Web since the runner took the session; the session’s events say what they were.',
      ),
      measuredAt: z.iso.datetime(),
    })
      .nullable()
      .describe('Resource usage of the session’s processes; null when none runs.'),
    uptime: z.object({ day: Uptime, week: Uptime }).describe('Over the last 24 hours and 7 days.'),
  })
  .openapi('SessionMetrics', {
    example: {
      resources: {
        pssBytes: 163_577_856,
        rssBytes: 512_000_000,
        cpuPercent: 1.4,
        processes: 8,
        pageErrors: 0,
        measuredAt: '2026-11-21T10:00:00.000Z',
      },
      uptime: {
        day: { wantedSeconds: 86_400, onlineSeconds: 86_310, share: 0.999 },
        week: { wantedSeconds: 172_800, onlineSeconds: 172_500, share: 0.9983 },
      },
    },
  });

export const SessionLogEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    type: z.enum(['status', 'reconnect']),
    status: z.string(),
    reason: z.string(),
    epoch: z.number().int().nullable(),
    attempt: z.number().int().nullable().describe('Number of the attempt to reconnect, from 1.'),
    delayMs: z.number().int().nullable(),
    nextAt: z.iso.datetime().nullable().describe('When the attempt is made.'),
  })
  .openapi('SessionLogEntry', {
    example: {
      id: '42',
      at: '2026-11-21T10:00:00.000Z',
      type: 'reconnect',
      status: 'reconnecting',
      reason: 'crashed: the browser ended',
      epoch: 3,
      attempt: 2,
      delayMs: 1730,
      nextAt: '2026-11-21T10:00:01.730Z',
    },
  });

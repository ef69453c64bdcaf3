import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../shared/catalogue/limits.ts';
import type { MessageCount } from '../services/statistics/count-messages.ts';
import { getStats } from '../services/statistics/get-stats.ts';
import { getUsage } from '../services/statistics/get-usage.ts';
import { STATS_BY } from '../services/statistics/read-stats.ts';
import { SESSION_EXAMPLE } from './messages/schemas.ts';
import { SessionLookup } from './name-fields.ts';
import { area, operation } from './operation.ts';
import { scope } from './takes.ts';
import { SessionLimit, TierName } from './workspace/schemas.ts';

const Counts = z.object({
  received: z.number().int().describe('Messages received.'),
  sent: z
    .number()
    .int()
    .describe(
      'Messages sent through Waypost. A status that WhatsApp skipped is counted with the next one.',
    ),
  delivered: z.number().int(),
  read: z.number().int(),
  played: z.number().int(),
  failed: z.number().int(),
  unknown: z
    .number()
    .int()
    .describe(
      'Messages whose outcome was unknown; if it became known later, they count there too.',
    ),
  echoes: z.number().int().describe('Messages written on the phone or another linked device.'),
} satisfies Record<MessageCount, z.ZodNumber>);

const COUNTS_EXAMPLE = {
  received: 41,
  sent: 120,
  delivered: 118,
  read: 97,
  played: 0,
  failed: 2,
  unknown: 0,
  echoes: 6,
};

const Day = z.iso.date();
const day = (description: string, example: string) =>
  Day.optional().openapi({ description, example });

export const StatsRow = z
  .object({
    day: Day.nullable().describe('In `by=day`.'),
    sessionId: z.string().nullable().describe('In `by=session`, also of deleted sessions.'),
    type: z.string().nullable().describe('In `by=type`.'),
    ...Counts.shape,
  })
  .openapi('StatsRow', {
    example: { day: '2026-11-21', sessionId: null, type: null, ...COUNTS_EXAMPLE },
  });

const TierLimit = z.object({ limit: z.number().int() }).openapi('TierLimit');

export const Usage = z
  .object({
    tier: TierName,
    sessions: z.object({ used: z.number().int(), limit: SessionLimit }),
    media: z
      .object({ usedBytes: z.number().int(), limitBytes: z.number().int() })
      .describe('Files that were uploaded or sent and are kept.'),
    realtimeConnections: z
      .object({ used: z.number().int().nullable(), limit: z.number().int() })
      .describe(
        'Realtime connections at once: those that are open now, streams and waiting calls among them. `used` is null while it is not known.',
      ),
    requestsPerMinute: TierLimit.describe(
      'The most that one key may be given. Each key counts by itself; the headers of its answers show what is left.',
    ),
    from: Day.describe('First day of the month.'),
    to: Day.describe('Last day of the month.'),
    messages: Counts,
  })
  .openapi('Usage', {
    example: {
      tier: 'basic',
      sessions: { used: 2, limit: 5 },
      media: { usedBytes: 48_213, limitBytes: 1_073_741_824 },
      realtimeConnections: { used: 1, limit: 20 },
      requestsPerMinute: { limit: 600 },
      from: '2026-11-01',
      to: '2026-11-30',
      messages: COUNTS_EXAMPLE,
    },
  });

export const statistics = area('Statistics', [
  operation({
    id: 'getStats',
    method: 'get',
    path: '/v1/stats',
    takes: scope('messages:read'),
    summary: 'Count messages by day, session or type',
    description:
      'How many messages reached each status, on the day when they reached it. Days are days of UTC. Only sessions that you can reach count; deleted sessions count for whoever reaches all. Days, sessions and types without messages are left out.',
    query: z.object({
      from: day('The first day; 30 days up to `to` by default.', '2026-11-01'),
      to: day(
        `The last day; today by default. A period has at most ${LIMITS.statsDays.limit} days.`,
        '2026-11-30',
      ),
      by: z.enum(STATS_BY).default('day'),
      sessionId: SessionLookup.optional().openapi({
        description: 'Id or name.',
        example: SESSION_EXAMPLE,
      }),
      type: z.string().min(1).max(100).optional().openapi({
        description: 'Only messages of this type.',
        example: 'text',
      }),
    }),
    answer: [200, 'A row for each day, session or type, in this order.', z.array(StatsRow)],
    errors: ['SESSION_NOT_FOUND'],
    run: async ({ ctx, query: { from = null, to = null, by, sessionId = null, type = null } }) =>
      getStats({ ctx, input: { from, to, by, session: sessionId, type } }),
  }),
  operation({
    id: 'getUsage',
    method: 'get',
    path: '/v1/usage',
    takes: scope('workspace:read'),
    summary: 'Get the usage of a month',
    description:
      'What the tier includes and what is used of it now, and the messages of the month (UTC) in the sessions that you can reach.',
    query: z.object({
      month: z
        .string()
        .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'YYYY-MM')
        .optional()
        .openapi({ description: 'This month by default.', example: '2026-11' }),
    }),
    answer: [200, 'The usage.', Usage],
    run: ({ ctx, query: { month = null } }) => getUsage({ ctx, input: { month } }),
  }),
]);

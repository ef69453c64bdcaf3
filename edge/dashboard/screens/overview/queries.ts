import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '../../api/client.ts';
import { live } from '../../api/live.ts';
import { dayOf } from '../../components/days.ts';

export const DAYS = 14;
const DAY_MS = 86_400_000;
/** A queue that is older than this needs somebody to look. */
const LONG_QUEUED_MS = 600_000;
const COUNTED_EVERY_MS = 10_000;

const before = (ms: number): string => new Date(Date.now() - ms).toISOString();

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => ask(api.GET('/v1/webhooks')),
  ...live,
});

export const oldestQueuedQuery = queryOptions({
  queryKey: ['messages', 'long-queued'],
  queryFn: async () => {
    const query = { status: 'queued', until: before(LONG_QUEUED_MS), limit: 1 } as const;
    const [row] = await ask(api.GET('/v1/messages', { params: { query } }));
    // One that is scheduled waits for its time.
    return row === undefined || row.sendAt !== null ? null : row.createdAt;
  },
  ...live,
});

export const daysQuery = queryOptions({
  queryKey: ['stats', 'days', DAYS],
  queryFn: () => {
    const from = dayOf(Date.now() - (DAYS - 1) * DAY_MS);
    return ask(api.GET('/v1/stats', { params: { query: { from, by: 'day' } } }));
  },
  refetchInterval: COUNTED_EVERY_MS,
});

export const failuresQuery = queryOptions({
  queryKey: ['messages', 'failures'],
  queryFn: () => {
    const query = { status: 'failed', since: before(DAY_MS), limit: 5 } as const;
    return ask(api.GET('/v1/messages', { params: { query } }));
  },
  ...live,
});

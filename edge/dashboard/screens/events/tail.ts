import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, askWhole } from '../../api/client.ts';
import type { WebhookEvent } from '../../api/event-types.ts';
import { connection, live } from '../../api/live.ts';

export type TailFilters = { types?: string; sessionId?: string };
/** The newest first; `after` is how far the log was read. */
export type Tail = { rows: WebhookEvent[]; after: number };

const PAGE = 100;
/** How far back the tail begins, and how much of it is kept. */
const BEFORE = 300;
const KEPT = 500;

/** Puts what came since on top of what is shown. Pure. */
export const grown = ({ rows }: Tail, newer: readonly WebhookEvent[], after: number): Tail => ({
  rows: [...newer.toReversed(), ...rows].slice(0, KEPT),
  after,
});

const page = (after: number, filters: TailFilters) =>
  askWhole(api.GET('/v1/events', { params: { query: { ...filters, after, limit: PAGE } } }));

async function readSince(after: number, filters: TailFilters): Promise<WebhookEvent[]> {
  const { data, meta } = await page(after, filters);
  const next = meta.nextCursor ?? null;
  return next === null ? data : [...data, ...(await readSince(Number(next), filters))];
}

export const tailQuery = (client: QueryClient, filters: TailFilters) => {
  const queryKey = ['events', filters.types ?? '', filters.sessionId ?? ''];
  return queryOptions({
    queryKey,
    queryFn: async (): Promise<Tail> => {
      const known = connection.cursor ?? 0;
      const before = client.getQueryData<Tail>(queryKey) ?? {
        rows: [],
        after: Math.max(0, known - BEFORE),
      };
      const newer = await readSince(before.after, filters);
      return grown(before, newer, Math.max(known, before.after, newer.at(-1)?.seq ?? 0));
    },
    ...live,
  });
};

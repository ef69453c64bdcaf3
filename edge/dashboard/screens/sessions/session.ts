import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live, liveSoon } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';
import { isPassing, type SessionStatus } from '../../components/session-state.tsx';

export type Session = Schemas['Session'];
export type LogEntry = Schemas['SessionLogEntry'];

/** A browser runs for it, or is about to. */
export const isRunning = (status: SessionStatus): boolean =>
  isPassing(status) || status === 'online' || status === 'action_required';

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id],
    queryFn: () => ask(api.GET('/v1/sessions/{id}', { params: { path: { id } } })),
    ...live,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isPassing(state.data.status)
        ? liveSoon.refetchInterval
        : live.refetchInterval(),
  });

/** What a person has to do, and when the next attempt is. */
export const statusQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id, 'status'],
    queryFn: () => ask(api.GET('/v1/sessions/{id}/status', { params: { path: { id } } })),
    ...live,
  });

export const metricsQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id, 'metrics'],
    queryFn: () => ask(api.GET('/v1/sessions/{id}/metrics', { params: { path: { id } } })),
    refetchInterval: 15_000,
  });

export const activityQuery = (id: string) => ({
  ...paged(['sessions', id, 'activity'], (page) => {
    const params = { path: { id }, query: { limit: 50, ...page } };
    return askWhole(api.GET('/v1/sessions/{id}/events', { params }));
  }),
  ...live,
});

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live, liveSoon } from '../../api/live.ts';
import type { Tone } from '../../components/status.tsx';

export type Session = Schemas['Session'];
export type SessionStatus = Session['status'];
export type LogEntry = Schemas['SessionLogEntry'];

export const TONES: Readonly<Record<SessionStatus, Tone>> = {
  created: 'off',
  starting: 'wait',
  qr: 'wait',
  pairing_code: 'wait',
  authenticating: 'wait',
  online: 'good',
  reconnecting: 'wait',
  disconnected: 'off',
  logged_out: 'bad',
  action_required: 'bad',
  failed: 'bad',
};

/** Statuses that pass by themselves, or with a scan, within seconds. */
const PASSING: readonly SessionStatus[] = [
  'starting',
  'qr',
  'pairing_code',
  'authenticating',
  'reconnecting',
];
export const isPassing = (status: SessionStatus): boolean => PASSING.includes(status);

/** A browser runs for it, or is about to. */
export const isRunning = (status: SessionStatus): boolean =>
  isPassing(status) || status === 'online' || status === 'action_required';

export const sessionsQuery = (archived: boolean) =>
  infiniteQueryOptions({
    queryKey: ['sessions', { archived }],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      askWhole(
        api.GET('/v1/sessions', {
          params: {
            query: {
              limit: 100,
              ...(archived && { archived: 'true' as const }),
              ...(pageParam !== undefined && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ meta }) => meta.nextCursor ?? undefined,
    ...live,
  });

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

export const activityQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['sessions', id, 'activity'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      askWhole(
        api.GET('/v1/sessions/{id}/events', {
          params: {
            path: { id },
            query: { limit: 50, ...(pageParam !== undefined && { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: ({ meta }) => meta.nextCursor ?? undefined,
    ...live,
  });

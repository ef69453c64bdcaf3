import { queryOptions } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live, liveSoon } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';
import type { Tone } from '../../components/status.tsx';

export type Message = Schemas['Message'];
export type MessageStatus = Message['status'];

export const STATUSES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'unknown',
] as const satisfies readonly MessageStatus[];
export const DIRECTIONS = ['inbound', 'outbound'] as const;

export const TONES: Readonly<Record<MessageStatus, Tone>> = {
  queued: 'wait',
  sending: 'wait',
  unknown: 'bad',
  failed: 'bad',
  sent: 'good',
  delivered: 'good',
  read: 'good',
  played: 'good',
};

export type Filters = {
  sessionId?: string;
  direction?: (typeof DIRECTIONS)[number];
  status?: MessageStatus;
  reference?: string;
  type?: string;
  chatId?: string;
  since?: string;
  until?: string;
};

const PAGE = 50;

const page = (filters: Filters, cursor: string | undefined) =>
  askWhole(
    api.GET('/v1/messages', {
      params: { query: { ...filters, limit: PAGE, ...(cursor !== undefined && { cursor }) } },
    }),
  );

/** The list that is shown. It stays as it is until somebody wants the newer ones: rows do not jump. */
export const messagesQuery = (filters: Filters) => ({
  ...paged(['messages', 'list', filters], ({ cursor }) => page(filters, cursor)),
  refetchOnWindowFocus: false,
});

/** The newest page, always current. */
export const newestQuery = (filters: Filters) =>
  queryOptions({
    queryKey: ['messages', 'newest', filters],
    queryFn: () => page(filters, undefined),
    ...live,
  });

const isSettled = ({ status, direction }: Message): boolean =>
  direction === 'inbound' || ['read', 'played', 'failed'].includes(status);

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['messages', id],
    queryFn: () => ask(api.GET('/v1/messages/{id}', { params: { path: { id } } })),
    ...live,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isSettled(state.data)
        ? live.refetchInterval()
        : liveSoon.refetchInterval,
  });

export const sessionsQuery = queryOptions({
  queryKey: ['sessions', 'choices'],
  queryFn: () => ask(api.GET('/v1/sessions', { params: { query: { limit: 100 } } })),
  ...live,
});

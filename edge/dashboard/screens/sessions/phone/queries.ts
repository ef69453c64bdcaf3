import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../../../api/client.ts';
import { phoneStateOf } from './phone-state.ts';

/** Acks and reads on the phone are no events of ours: one looks. */
const LOOK_MS = 2_000;

export const phoneQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id, 'phone'],
    queryFn: async () =>
      phoneStateOf(await ask(api.GET('/v1/sessions/{id}/sandbox', { params: { path: { id } } }))),
    refetchInterval: LOOK_MS,
    retry: false,
  });

/** Which message of ours a bubble is: acks are set by its id. */
export const messageIdsQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['messages', 'ids', sessionId],
    queryFn: async () => {
      const query = { sessionId, direction: 'outbound', limit: 100 } as const;
      const rows = await ask(api.GET('/v1/messages', { params: { query } }));
      return new Map(rows.map(({ wireId, id }) => [wireId, id]));
    },
    refetchInterval: LOOK_MS,
  });

const AUTOMATIC: [number, number, number] = [200, 500, 1_000];
const BY_HAND: [number, number, number] = [200, -1, -1];

/** Everything that one can do to the phone. */
const DEEDS = {
  scan: (id: string) =>
    ask(api.POST('/v1/sessions/{id}/sandbox/scan', { params: { path: { id } }, body: {} })),
  unlink: (id: string) =>
    ask(api.POST('/v1/sessions/{id}/sandbox/unlink', { params: { path: { id } } })),
  connect: (id: string) => network(id, true),
  disconnect: (id: string) => network(id, false),
  ackByHand: (id: string) => acks(id, { delaysMs: BY_HAND }),
  ackAutomatically: (id: string) => acks(id, { delaysMs: AUTOMATIC }),
};
export type Deed = keyof typeof DEEDS;

const network = (id: string, online: boolean) =>
  ask(
    api.POST('/v1/sessions/{id}/sandbox/network', { params: { path: { id } }, body: { online } }),
  );
const acks = (id: string, body: Schemas['SetSandboxAcksBody']) =>
  ask(api.POST('/v1/sessions/{id}/sandbox/acks', { params: { path: { id } }, body }));

/** Changes the phone, and looks at it again. */
export function usePhone<Input, Answer>(id: string, act: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions', id] }),
  });
}

export const useDeed = (id: string) => usePhone(id, (deed: Deed) => DEEDS[deed](id));

export const useAck = (id: string) =>
  usePhone(id, (body: { messageId: string; ack: number }) => acks(id, body));

export const useWrite = (id: string) =>
  usePhone(id, (body: Schemas['ReceiveSandboxMessageBody']) =>
    ask(api.POST('/v1/sessions/{id}/sandbox/messages', { params: { path: { id } }, body })),
  );

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ask, askWhole, type Schemas } from '../../api/client.ts';
import { live } from '../../api/live.ts';
import { paged } from '../../api/paged.ts';

export type Chat = Schemas['Chat'];
export type HistoryMessage = Schemas['HistoryMessage'];

export const chatsQuery = (sessionId: string) => ({
  ...paged(['chats', sessionId], (page) =>
    askWhole(api.GET('/v1/chats', { params: { query: { sessionId, limit: 50, ...page } } })),
  ),
  ...live,
});

export const historyQuery = (sessionId: string, id: string) => ({
  ...paged(['chats', sessionId, id, 'messages'], (page) => {
    const params = { path: { id }, query: { sessionId, limit: 50, ...page } };
    return askWhole(api.GET('/v1/chats/{id}/messages', { params }));
  }),
  ...live,
});

/** Answers in a chat. The list and the history show it once WhatsApp has it. */
export function useAnswer(sessionId: string, to: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) =>
      ask(
        api.POST('/v1/messages/text', {
          body: { sessionId, to, text },
          params: { header: { prefer: 'wait=10' } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['chats', sessionId] }),
  });
}

export function useSeen(sessionId: string, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      ask(api.POST('/v1/chats/{id}/seen', { params: { path: { id } }, body: { sessionId } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['chats', sessionId] }),
  });
}

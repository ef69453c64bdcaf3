import { z } from '@hono/zod-openapi';
import { writeListEnd } from '../http/live-cursor.ts';
import { askLive, LIVE_ERRORS, relay } from './ask-live.ts';
import { chatLabels } from './chats/labels.ts';
import {
  ArchiveChat,
  ChatListQuery,
  ChatMessagesQuery,
  ChatRef,
  ChatSchema,
  ChatStateSchema,
  HistoryMessageSchema,
  MarkChatUnread,
  MuteChat,
  PinChat,
  ShowState,
} from './chats/schemas.ts';
import { area, operation, withMeta } from './operation.ts';
import { Deleted } from './deleted.ts';
import { OnlySession, SessionChoice } from './session-choice.ts';
import { scope } from './takes.ts';

export const chats = area('Chats', [
  operation({
    id: 'listChats',
    method: 'get',
    path: '/v1/chats',
    takes: scope('chats:read'),
    summary: 'List chats, newest message first',
    query: ChatListQuery,
    answer: [200, 'A page of chats.', z.array(ChatSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, query: { sessionId, archived, labelId, cursor, limit } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'listChats', {
        after: cursor === undefined ? null : { t: cursor.t, id: cursor.id },
        limit,
        archived: archived === undefined ? null : archived === 'true',
        ...(labelId !== undefined && { labelId }),
      });
      return withMeta(output.chats, { ...meta, nextCursor: writeListEnd(output.next) });
    },
  }),
  operation({
    id: 'getChat',
    method: 'get',
    path: '/v1/chats/{id}',
    takes: scope('chats:read'),
    summary: 'Get a chat',
    params: ChatRef,
    query: SessionChoice,
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, query: { sessionId } }) =>
      relay(ctx, sessionId, 'getChat', { chatId: params.id }),
  }),
  operation({
    id: 'listChatMessages',
    method: 'get',
    path: '/v1/chats/{id}/messages',
    takes: scope('chats:read'),
    summary: 'List the messages of a chat, newest first',
    description:
      'Reads the phone’s history as far as the session has it, including messages from before the session. `GET /v1/messages` lists what Waypost sent and received.',
    params: ChatRef,
    query: ChatMessagesQuery,
    answer: [200, 'A page of messages.', z.array(HistoryMessageSchema)],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params, query: { sessionId, cursor, limit } }) => {
      const after = cursor === undefined ? null : { t: cursor.t, id: cursor.id };
      const input = { chatId: params.id, after, limit };
      const { output, meta } = await askLive(ctx, sessionId, 'listChatMessages', input);
      return withMeta(output.messages, { ...meta, nextCursor: writeListEnd(output.next) });
    },
  }),
  operation({
    id: 'archiveChat',
    method: 'post',
    path: '/v1/chats/{id}/archive',
    takes: scope('chats:write'),
    summary: 'Archive or unarchive a chat',
    params: ChatRef,
    body: { schema: ArchiveChat, example: { archived: true }, optional: true },
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId, archived } }) =>
      relay(ctx, sessionId, 'updateChat', { chatId: params.id, archived }),
  }),
  operation({
    id: 'pinChat',
    method: 'post',
    path: '/v1/chats/{id}/pin',
    takes: scope('chats:write'),
    summary: 'Pin or unpin a chat',
    description: 'WhatsApp pins three chats at most; one more is `CONFLICT`.',
    params: ChatRef,
    body: { schema: PinChat, example: { pinned: true }, optional: true },
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId, pinned } }) =>
      relay(ctx, sessionId, 'updateChat', { chatId: params.id, pinned }),
  }),
  operation({
    id: 'muteChat',
    method: 'post',
    path: '/v1/chats/{id}/mute',
    takes: scope('chats:write'),
    summary: 'Mute or unmute a chat',
    params: ChatRef,
    body: { schema: MuteChat, example: { until: '2026-12-01T09:00:00Z' }, optional: true },
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId, muted, until } }) => {
      const forGood = until === undefined;
      const seconds = forGood ? -1 : Math.floor(until.getTime() / 1_000);
      const mutedUntil = muted ? seconds : 0;
      return relay(ctx, sessionId, 'updateChat', { chatId: params.id, mutedUntil });
    },
  }),
  operation({
    id: 'markChatUnread',
    method: 'post',
    path: '/v1/chats/{id}/unread',
    takes: scope('chats:write'),
    summary: 'Mark or unmark a chat as unread',
    params: ChatRef,
    body: { schema: MarkChatUnread, example: { unread: true }, optional: true },
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId, unread } }) =>
      relay(ctx, sessionId, 'updateChat', { chatId: params.id, unread }),
  }),
  operation({
    id: 'markChatSeen',
    method: 'post',
    path: '/v1/chats/{id}/seen',
    takes: scope('chats:write'),
    summary: 'Mark the messages of a chat as read',
    description: 'The senders see it, if the phone sends read receipts.',
    params: ChatRef,
    body: { schema: OnlySession, example: {}, optional: true },
    answer: [200, 'The chat.', ChatSchema],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId } }) =>
      relay(ctx, sessionId, 'markChatSeen', { chatId: params.id }),
  }),
  ...(['typing', 'recording'] as const).map((state) =>
    operation({
      id: state === 'typing' ? 'showTyping' : 'showRecording',
      method: 'post',
      path: `/v1/chats/{id}/${state}`,
      takes: scope('chats:write'),
      summary: `Show the other side “${state}…”`,
      params: ChatRef,
      body: { schema: ShowState, example: { seconds: 5 }, optional: true },
      answer: [200, 'What is shown now.', ChatStateSchema],
      errors: LIVE_ERRORS,
      run: ({ ctx, params, body: { sessionId, seconds } }) =>
        relay(ctx, sessionId, 'showChatState', {
          chatId: params.id,
          state: seconds === 0 ? 'none' : state,
          forMs: seconds * 1_000,
        }),
    }),
  ),
  operation({
    id: 'deleteChat',
    method: 'delete',
    path: '/v1/chats/{id}',
    takes: scope('chats:write'),
    summary: 'Delete a chat from the account',
    description: 'The other side keeps it.',
    params: ChatRef,
    query: SessionChoice,
    answer: [200, 'The chat is deleted.', Deleted],
    errors: LIVE_ERRORS,
    run: async ({ ctx, params: { id }, query: { sessionId } }) => {
      const { output, meta } = await askLive(ctx, sessionId, 'deleteChat', { chatId: id });
      return withMeta({ id, ...output }, meta);
    },
  }),
  ...chatLabels,
]);

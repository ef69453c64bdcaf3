import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { chats } from '../../api/chats.ts';
import { HistoryMessageSchema } from '../../api/chats/schemas.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import { getSessionStatus } from '../../services/sessions/get-session-status.ts';
import { wahaMessage } from '../../values/waha/message.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { OfChat, OfMessage } from './chats.ts';
import { answerMessage, messageIdOf, WahaMessage } from './message-view.ts';
import { refused } from './relayed.ts';
import { session as named } from './send-fields.ts';
import { namedSession } from './session-view.ts';

const history = operationOf(chats, 'listChatMessages');
const getMessage = operationOf(messages, 'getMessage');
const pin = operationOf(messages, 'pinMessage');

const pins: readonly Row[] = (
  [
    ['pin', 'wahaPinMessage', 'Pin a message', true],
    ['unpin', 'wahaUnpinMessage', 'Unpin a message', false],
  ] as const
).map(([path, id, summary, pinned]) =>
  alias({
    id,
    method: 'post',
    path: `/compat/waha/api/{session}/chats/{chatId}/messages/{messageId}/${path}`,
    summary,
    calls: [pin],
    params: OfMessage,
    body: {
      schema: z.object({ duration: z.number().int().nullish() }),
      example: { duration: 86_400 },
      optional: true,
    },
    responses: { 200: json('The message as it is now.', WahaMessage) },
    run: async ({ ctx, params: { session, messageId }, body: { duration } }, c) => {
      const params = { id: await messageIdOf(ctx, session, messageId) };
      const lasting = pinned && duration != null ? { duration: nearest(duration) } : {};
      return answerMessage(c, await pin.call(c, { params, body: { pinned, ...lasting } }));
    },
  }),
);

/** WhatsApp knows three. */
const nearest = (seconds: number): string => {
  if (seconds <= 86_400) return '24h';
  return seconds <= 7 * 86_400 ? '7d' : '30d';
};

const MESSAGES_QUERY = z.object({
  limit: z.string().optional().openapi({ description: '10 by default, 100 at most.' }),
  downloadMedia: z.string().optional(),
});

type History = z.output<typeof HistoryMessageSchema>;
const shownHistory = (chatId: string, phoneNumber: string | null) => (message: History) =>
  wahaMessage({
    wireId: message.wireId,
    chatId,
    fromMe: message.fromMe,
    phoneNumber,
    sender: message.from,
    at: message.sentAt,
    text: message.text,
    status: message.fromMe ? 'sent' : 'delivered',
    source: 'app',
    media: message.hasMedia
      ? { url: null, mimetype: '', filename: null, error: 'not downloaded' }
      : null,
    quotedWireId: message.quotedWireId,
  });

async function answerHistory(
  c: Context<AppEnv>,
  asked: { session: string; chatId: string; limit: string | undefined },
): Promise<Response> {
  const { session: sessionId, chatId, limit = '10' } = asked;
  const called = { id: 'chatId', sessionId: 'session' };
  const given = { params: { id: chatId }, query: { sessionId, limit }, called };
  const { data } = await answerOf(await history.call(c, given), z.array(HistoryMessageSchema));
  const { phoneNumber } = await getSessionStatus({ ctx: c.get('ctx'), input: { id: sessionId } });
  return c.json(data.map(shownHistory(chatId, phoneNumber)));
}

export const wahaChatMessages: readonly Row[] = [
  alias({
    id: 'wahaListChatMessages',
    method: 'get',
    path: '/compat/waha/api/{session}/chats/{chatId}/messages',
    summary: 'List the messages of a chat, newest first',
    calls: [history],
    params: OfChat,
    query: MESSAGES_QUERY,
    responses: { 200: json('The newest messages.', z.array(WahaMessage)) },
    run: ({ params: { session, chatId }, query: { limit } }, c) =>
      answerHistory(c, { session, chatId, limit }),
  }),
  alias({
    id: 'wahaListMessages',
    method: 'get',
    path: '/compat/waha/api/messages',
    summary: 'List the messages of a chat, by WAHA’s earlier call',
    calls: [history],
    query: MESSAGES_QUERY.extend({
      session: named,
      chatId: z.string().max(200).openapi({ example: '15550100001@c.us' }),
    }),
    responses: { 200: json('The newest messages.', z.array(WahaMessage)) },
    run: async ({ query: { session, chatId, limit } }, c) =>
      answerHistory(c, { session: await namedSession(c, session), chatId, limit }),
  }),
  alias({
    id: 'wahaGetMessage',
    method: 'get',
    path: '/compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
    summary: 'Get a message that Waypost has sent or received',
    calls: [getMessage],
    params: OfMessage,
    query: MESSAGES_QUERY.omit({ limit: true }),
    responses: { 200: json('The message.', WahaMessage) },
    run: async ({ ctx, params: { session, messageId } }, c) => {
      const id = await messageIdOf(ctx, session, messageId);
      return answerMessage(c, await getMessage.call(c, { params: { id } }));
    },
  }),
  ...pins,
  refused(
    {
      id: 'wahaClearMessages',
      method: 'delete',
      path: '/{session}/chats/{chatId}/messages',
      summary: 'Clear the messages of a chat',
      reason: 'The engine clears no chat; it deletes single messages and whole chats.',
      params: OfChat,
    },
    operationOf(chats, 'deleteChat'),
  ),
];

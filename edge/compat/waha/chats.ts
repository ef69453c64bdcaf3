import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { chats } from '../../api/chats.ts';
import { ChatSchema } from '../../api/chats/schemas.ts';
import { contacts } from '../../api/contacts.ts';
import type { Row } from '../../api/operation.ts';
import type { AppEnv } from '../../context.ts';
import { secondsOf } from '../../values/waha/ids.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { wholeList } from '../pages.ts';
import { MESSAGE_EXAMPLE } from './message-view.ts';
import { relayed } from './relayed.ts';
import { Nothing, Session } from './session-view.ts';

const list = operationOf(chats, 'listChats');

export const OfChat = Session.extend({
  chatId: z
    .string()
    .max(200)
    .openapi({
      param: { name: 'chatId', in: 'path' },
      example: '15550100001@c.us',
    }),
});
export const OfMessage = OfChat.extend({
  messageId: z
    .string()
    .max(200)
    .openapi({
      param: { name: 'messageId', in: 'path' },
      example: MESSAGE_EXAMPLE,
    }),
});

const CHAT_EXAMPLE = {
  id: '15550100001@c.us',
  name: 'Ada',
  timestamp: 1_795_255_200,
  unreadCount: 0,
  isGroup: false,
  archived: false,
  pinned: false,
  isMuted: false,
};
export const WahaChat = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    timestamp: z.number().int().nullable(),
    unreadCount: z.number().int(),
    isGroup: z.boolean(),
    archived: z.boolean(),
    pinned: z.boolean(),
    isMuted: z.boolean(),
  })
  .openapi('WahaChat', {
    example: CHAT_EXAMPLE,
  });
type Chat = z.output<typeof ChatSchema>;

export const shownChat = (chat: Chat): z.input<typeof WahaChat> => ({
  id: chat.id,
  name: chat.name,
  timestamp: chat.lastMessageAt === null ? null : secondsOf(chat.lastMessageAt),
  unreadCount: chat.unreadCount,
  isGroup: chat.type === 'group',
  archived: chat.archived,
  pinned: chat.pinned,
  isMuted: chat.muted,
});

/** A part of a list, as WAHA's clients ask for it. */
const Whole = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number')
  .transform(Number)
  .openapi({ type: 'integer', example: 50 });
export const Part = z.object({ limit: Whole.optional(), offset: Whole.optional() });

export function partOf<One>(
  all: readonly One[],
  { limit, offset = 0 }: z.output<typeof Part>,
): One[] {
  return all.slice(offset, limit === undefined ? undefined : offset + limit);
}

const Overview = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    picture: z.null().describe('GET …/chats/{chatId}/picture has it.'),
    lastMessage: z.object({ timestamp: z.number().int().nullable() }),
    _chat: WahaChat,
  })
  .openapi('WahaChatOverview', {
    example: {
      id: '15550100001@c.us',
      name: 'Ada',
      picture: null,
      lastMessage: { timestamp: 1_795_255_200 },
      _chat: CHAT_EXAMPLE,
    },
  });

const overviewOf = (chat: Chat): z.input<typeof Overview> => ({
  id: chat.id,
  name: chat.name,
  picture: null,
  lastMessage: { timestamp: shownChat(chat).timestamp },
  _chat: shownChat(chat),
});

async function chatsOf(
  c: Context<AppEnv>,
  sessionId: string,
  { ids, part }: { ids: readonly string[] | null; part: z.output<typeof Part> },
): Promise<Chat[]> {
  const all = await wholeList(c, list, ChatSchema, { sessionId });
  return partOf(
    all.filter(({ id }) => ids === null || ids.includes(id)),
    part,
  );
}

const lists: readonly Row[] = (
  [
    ['get', 'wahaListChats', '/chats', 'List the chats', z.array(WahaChat), shownChat],
    [
      'get',
      'wahaListChatsOverview',
      '/chats/overview',
      'List the chats, each with its last message',
      z.array(Overview),
      overviewOf,
    ],
  ] as const
).map(([method, id, path, summary, schema, shown]) =>
  alias({
    id,
    method,
    path: `/compat/waha/api/{session}${path}`,
    summary,
    calls: [list],
    params: Session,
    query: Part.extend({ ids: z.string().optional(), sortBy: z.string().optional() }),
    responses: { 200: json('Up to 1,000 chats, newest message first.', schema) },
    run: async ({ params: { session: sessionId }, query }, c) => {
      const ids = query.ids?.split(',') ?? null;
      const asked = await chatsOf(c, sessionId, { ids, part: query });
      return c.json(asked.map((chat) => shown(chat)));
    },
  }),
);

/** What is done to a chat, by an operation of ours that takes the same word or its opposite. */
const changes: readonly Row[] = (
  [
    ['archive', 'wahaArchiveChat', 'Archive a chat', 'archiveChat', { archived: true }],
    ['unarchive', 'wahaUnarchiveChat', 'Unarchive a chat', 'archiveChat', { archived: false }],
    ['unread', 'wahaMarkChatUnread', 'Mark a chat as unread', 'markChatUnread', { unread: true }],
    ['messages/read', 'wahaReadChat', 'Mark the messages of a chat as read', 'markChatSeen', {}],
  ] as const
).map(([path, id, summary, name, said]) =>
  relayed({
    id,
    method: 'post',
    path: `/{session}/chats/{chatId}/${path}`,
    summary,
    to: operationOf(chats, name),
    params: OfChat,
    given: ({ params: { session: sessionId, chatId } }) => ({
      params: { id: chatId },
      body: { sessionId, ...said },
    }),
    reads: ChatSchema,
    answer: [201, 'The chat.', WahaChat],
    show: shownChat,
  }),
);

const whole = z.number().int().min(0).nullish();

export const wahaChats: readonly Row[] = [
  ...lists,
  alias({
    id: 'wahaPostChatsOverview',
    method: 'post',
    path: '/compat/waha/api/{session}/chats/overview',
    summary: 'List the chats, each with its last message, by a body that many ids fit into',
    calls: [list],
    params: Session,
    body: {
      schema: z.object({
        pagination: z.object({ limit: whole, offset: whole }),
        filter: z.object({ ids: z.array(z.string().max(200)).max(1_000).nullish() }),
      }),
      example: { pagination: { limit: 20, offset: 0 }, filter: { ids: ['15550100001@c.us'] } },
    },
    responses: { 201: json('Up to 1,000 chats, newest message first.', z.array(Overview)) },
    run: async ({ params: { session }, body: { pagination, filter } }, c) => {
      const part = {
        limit: pagination.limit ?? undefined,
        offset: pagination.offset ?? undefined,
      };
      const asked = await chatsOf(c, session, { ids: filter.ids ?? null, part });
      return c.json(
        asked.map((chat) => overviewOf(chat)),
        201,
      );
    },
  }),
  relayed({
    id: 'wahaDeleteChat',
    method: 'delete',
    path: '/{session}/chats/{chatId}',
    summary: 'Delete a chat from the account',
    to: operationOf(chats, 'deleteChat'),
    params: OfChat,
    given: ({ params: { session: sessionId, chatId: id } }) => ({
      params: { id },
      query: { sessionId },
    }),
    reads: z.unknown(),
    answer: [200, 'It is deleted.', Nothing],
    show: () => ({}),
  }),
  relayed({
    id: 'wahaGetChatPicture',
    method: 'get',
    path: '/{session}/chats/{chatId}/picture',
    summary: 'Get the picture of a person',
    to: operationOf(contacts, 'getContact'),
    params: OfChat,
    query: z.object({ refresh: z.string().optional() }),
    given: ({ params: { session: sessionId, chatId: id } }) => ({
      params: { id },
      query: { sessionId },
    }),
    reads: z.object({ pictureUrl: z.string().nullable() }),
    answer: [
      200,
      'Where WhatsApp keeps it, for some days.',
      z
        .object({ url: z.string().nullable() })
        .openapi('WahaPictureUrl', { example: { url: 'https://pps.whatsapp.net/v/picture.jpg' } }),
    ],
    show: ({ pictureUrl: url }) => ({ url }),
  }),
  ...changes,
];

import { z } from '@hono/zod-openapi';
import { channels } from '../../api/channels.ts';
import { chats } from '../../api/chats.ts';
import { ChatSchema, LabelSchema } from '../../api/chats/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { wholeList } from '../pages.ts';
import { OfChat, shownChat, WahaChat } from './chats.ts';
import { done, inQuery, nothing, refused, relayed } from './relayed.ts';
import { Nothing, Session } from './session-view.ts';

const listChats = operationOf(chats, 'listChats');

const WahaLabel = z
  .object({
    id: z.string(),
    name: z.string(),
    color: z.null().describe('WhatsApp’s own number of it is not known; `colorHex` is the color.'),
    colorHex: z.string().nullable(),
  })
  .openapi('WahaLabel', {
    example: { id: '1', name: 'New customer', color: null, colorHex: '#ff9485' },
  });
const shownLabels = (all: z.output<typeof LabelSchema>[]) =>
  all.map(({ id, name, color: colorHex }) => ({ id, name, color: null, colorHex }));

export const wahaLabels: readonly Row[] = [
  relayed({
    id: 'wahaListLabels',
    method: 'get',
    path: '/{session}/labels',
    summary: 'List the labels of a business account',
    to: operationOf(chats, 'listLabels'),
    params: Session,
    given: inQuery,
    reads: z.array(LabelSchema),
    answer: [200, 'All labels.', z.array(WahaLabel)],
    show: shownLabels,
  }),
  relayed({
    id: 'wahaGetChatLabels',
    method: 'get',
    path: '/{session}/labels/chats/{chatId}',
    summary: 'List the labels of a chat',
    to: operationOf(chats, 'getChatLabels'),
    params: OfChat,
    given: ({ params: { session: sessionId, chatId: id } }) => ({
      params: { id },
      query: { sessionId },
    }),
    reads: z.array(LabelSchema),
    answer: [200, 'Its labels.', z.array(WahaLabel)],
    show: shownLabels,
  }),
  alias({
    id: 'wahaListLabelChats',
    method: 'get',
    path: '/compat/waha/api/{session}/labels/{labelId}/chats',
    summary: 'List the chats with a label',
    calls: [listChats],
    params: Session.extend({
      labelId: z
        .string()
        .max(200)
        .openapi({ param: { name: 'labelId', in: 'path' }, example: '1' }),
    }),
    responses: { 200: json('Up to 1,000 chats, newest message first.', z.array(WahaChat)) },
    run: async ({ params: { session: sessionId, labelId } }, c) => {
      const all = await wholeList(c, listChats, ChatSchema, { sessionId, labelId });
      return c.json(all.map((chat) => shownChat(chat)));
    },
  }),
  relayed({
    id: 'wahaSetChatLabels',
    method: 'put',
    path: '/{session}/labels/chats/{chatId}',
    summary: 'Set the labels of a chat',
    to: operationOf(chats, 'setChatLabels'),
    params: OfChat,
    body: {
      schema: z.object({ labels: z.array(z.object({ id: z.string() })).max(20) }),
      example: { labels: [{ id: '1' }] },
    },
    given: ({ params: { session: sessionId, chatId: id }, body }) => ({
      params: { id },
      body: { sessionId, labelIds: body.labels.map((one) => one.id) },
      called: { labelIds: 'labels' },
    }),
    reads: z.unknown(),
    answer: done,
    show: nothing,
  }),
  refused(
    {
      id: 'wahaCreateLabel',
      method: 'post',
      path: '/{session}/labels',
      summary: 'Create a label',
      reason: 'The engine makes no labels; make them on the phone.',
      params: Session,
    },
    operationOf(chats, 'setChatLabels'),
  ),
];

const Channel = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  link: z.string().nullable(),
  role: z.enum(['owner', 'admin', 'subscriber', 'guest']),
  followerCount: z.number().int().nullable(),
});
const WahaChannel = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    invite: z.string().nullable(),
    role: z.string(),
    subscribersCount: z.number().int().nullable(),
  })
  .openapi('WahaChannel', {
    example: {
      id: '120363099999999999@newsletter',
      name: 'City news',
      description: null,
      invite: 'https://whatsapp.com/channel/0029VaAbCdEfGhIjKlMnOp',
      role: 'SUBSCRIBER',
      subscribersCount: 1_200,
    },
  });
const shownChannel = ({ followerCount, link, role, ...channel }: z.output<typeof Channel>) => ({
  ...channel,
  invite: link,
  role: role.toUpperCase(),
  subscribersCount: followerCount,
});
const OfChannel = Session.extend({
  id: z
    .string()
    .max(200)
    .openapi({
      param: { name: 'id', in: 'path' },
      example: '120363099999999999@newsletter',
    }),
});

export const wahaChannels: readonly Row[] = [
  relayed({
    id: 'wahaListChannels',
    method: 'get',
    path: '/{session}/channels',
    summary: 'List the channels that the number follows or runs',
    to: operationOf(channels, 'listChannels'),
    params: Session,
    given: inQuery,
    reads: z.array(Channel),
    answer: [200, 'All of them.', z.array(WahaChannel)],
    show: (all) => all.map((one) => shownChannel(one)),
  }),
  refused(
    {
      id: 'wahaCreateChannel',
      method: 'post',
      path: '/{session}/channels',
      summary: 'Create a channel',
      reason: 'The engine makes no channels; make them on the phone.',
      params: Session,
    },
    operationOf(channels, 'followChannel'),
  ),
  relayed({
    id: 'wahaGetChannel',
    method: 'get',
    path: '/{session}/channels/{id}',
    summary: 'Get a channel',
    to: operationOf(channels, 'getChannel'),
    params: OfChannel,
    given: ({ params: { session: sessionId, id } }) => ({ params: { id }, query: { sessionId } }),
    reads: Channel,
    answer: [200, 'The channel.', WahaChannel],
    show: shownChannel,
  }),
  ...(
    [
      ['follow', 'wahaFollowChannel', 'Follow a channel', 'followChannel'],
      ['unfollow', 'wahaUnfollowChannel', 'Stop following a channel', 'unfollowChannel'],
    ] as const
  ).map(([path, id, summary, name]) =>
    relayed({
      id,
      method: 'post',
      path: `/{session}/channels/{id}/${path}`,
      summary,
      to: operationOf(channels, name),
      params: OfChannel,
      given: ({ params: { session: sessionId, id: channel } }) => ({
        params: { id: channel },
        body: { sessionId },
      }),
      reads: z.unknown(),
      answer: [201, 'It is done.', Nothing],
      show: nothing,
    }),
  ),
];

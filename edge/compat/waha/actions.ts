import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { chats } from '../../api/chats.ts';
import { contacts } from '../../api/contacts.ts';
import { NumberCheckSchema } from '../../api/contacts/schemas.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { OfMessage } from './chats.ts';
import { answerMessage, MESSAGE_EXAMPLE, messageIdOf, WahaMessage } from './message-view.ts';
import { refused } from './relayed.ts';
import { CALLED, messageId, sendFields, session } from './send-fields.ts';
import { Nothing } from './session-view.ts';

const react = operationOf(messages, 'reactToMessage');
const star = operationOf(messages, 'starMessage');
const edit = operationOf(messages, 'editMessage');
const remove = operationOf(messages, 'deleteMessage');
const seen = operationOf(chats, 'markChatSeen');
const typing = operationOf(chats, 'showTyping');
const check = operationOf(contacts, 'checkContacts');

const message = { 200: json('The message as it is now.', WahaMessage) };
const done = { 201: json('It is done.', Nothing) };
const InChat = z.object({ session, chatId: sendFields.chatId });
const IN_CHAT = { session: 'default', chatId: '15550100001@c.us' };

const CheckedNumber = z
  .object({ numberExists: z.boolean(), chatId: z.string().nullable() })
  .openapi('WahaCheckedNumber', { example: { numberExists: true, chatId: '15550100001@c.us' } });

/** How long “typing…” and “recording…” are shown, unless they are stopped before. */
export const SHOWN_SECONDS = 60;

const typings: readonly Row[] = (
  [
    ['startTyping', 'wahaStartTyping', 'Show the other side “typing…”', SHOWN_SECONDS],
    ['stopTyping', 'wahaStopTyping', 'Show “typing…” no longer', 0],
  ] as const
).map(([path, id, summary, seconds]) =>
  alias({
    id,
    method: 'post',
    path: `/compat/waha/api/${path}`,
    summary,
    calls: [typing],
    body: { schema: InChat, example: IN_CHAT },
    responses: done,
    run: async ({ body: { session: sessionId, chatId } }, c) => {
      const params = { id: String(chatId) };
      await typing.call(c, { params, body: { sessionId, seconds }, called: CALLED });
      return c.json({}, 201);
    },
  }),
);

const checks: readonly Row[] = (
  [
    ['contacts/check-exists', 'wahaCheckNumber', 'Check whether a number is on WhatsApp'],
    [
      'checkNumberStatus',
      'wahaFormerCheckNumber',
      'Check whether a number is on WhatsApp, by WAHA’s earlier call',
    ],
  ] as const
).map(([path, id, summary]) =>
  alias({
    id,
    method: 'get',
    path: `/compat/waha/api/${path}`,
    summary,
    calls: [check],
    query: z.object({
      phone: z.string().max(200).openapi({ example: '15550100001' }),
      session,
    }),
    responses: { 200: json('What became of it.', CheckedNumber) },
    run: async ({ query: { phone, session: sessionId } }, c) => {
      const body = { sessionId, numbers: [phone] };
      const own = await check.call(c, { body, called: { ...CALLED, numbers: 'phone' } });
      const { data } = await answerOf(own, z.array(NumberCheckSchema));
      const [found] = data;
      if (found === undefined || found.exists === 'unknown')
        throw new AppError('UNAVAILABLE', 'WhatsApp could not be asked; try again shortly.');
      return c.json({ numberExists: found.exists, chatId: found.chatId });
    },
  }),
);

/** What WhatsApp no longer shows, or this engine has no way to do. */
const REFUSED = [
  ['sendList', 'wahaSendList', 'Send a list', 'WhatsApp no longer shows lists of linked devices.'],
  [
    'sendButtons',
    'wahaSendButtons',
    'Send buttons',
    'WhatsApp no longer shows buttons of linked devices.',
  ],
  [
    'sendPollVote',
    'wahaSendPollVote',
    'Vote in a poll',
    'The engine has no way to vote in a poll.',
  ],
  [
    'send/buttons/reply',
    'wahaReplyToButtons',
    'Press a button',
    'The engine has no way to press a button.',
  ],
  [
    'send/link-custom-preview',
    'wahaSendLinkPreview',
    'Send a link with a preview of one’s own',
    'The engine has no way to set a preview; send a text, whose preview WhatsApp makes.',
  ],
] as const;

const refusals: readonly Row[] = REFUSED.map(([path, id, summary, reason]) =>
  refused({ id, method: 'post', path: `/${path}`, summary, reason }, react),
);

export const wahaActions: readonly Row[] = [
  alias({
    id: 'wahaSendSeen',
    method: 'post',
    path: '/compat/waha/api/sendSeen',
    summary: 'Mark the messages of a chat as read',
    description: 'Marks the whole chat, as WhatsApp does, whichever messages are named.',
    calls: [seen],
    body: {
      schema: InChat.extend({
        messageId: z.string().max(200).nullish(),
        messageIds: z.array(z.string().max(200)).max(1_000).nullish(),
        participant: z.string().max(200).nullish(),
      }),
      example: IN_CHAT,
    },
    responses: done,
    run: async ({ body: { session: sessionId, chatId } }, c) => {
      await seen.call(c, { params: { id: String(chatId) }, body: { sessionId }, called: CALLED });
      return c.json({}, 201);
    },
  }),
  ...typings,
  alias({
    id: 'wahaReact',
    method: 'put',
    path: '/compat/waha/api/reaction',
    summary: 'React to a message',
    description: 'An empty reaction removes the earlier one.',
    calls: [react],
    body: {
      schema: z.object({ session, messageId, reaction: z.string() }),
      example: { session: 'default', messageId: MESSAGE_EXAMPLE, reaction: '👍' },
    },
    responses: message,
    run: async ({ ctx, body: { session: named, messageId: written, reaction: emoji } }, c) => {
      const params = { id: await messageIdOf(ctx, named, written) };
      const given = { params, body: { emoji }, called: { emoji: 'reaction' } };
      return answerMessage(c, await react.call(c, given));
    },
  }),
  alias({
    id: 'wahaStar',
    method: 'put',
    path: '/compat/waha/api/star',
    summary: 'Star or unstar a message',
    calls: [star],
    body: {
      schema: z.object({
        session,
        chatId: sendFields.chatId.optional(),
        messageId,
        star: z.boolean(),
      }),
      example: { ...IN_CHAT, messageId: MESSAGE_EXAMPLE, star: true },
    },
    responses: message,
    run: async ({ ctx, body: { session: named, messageId: written, star: starred } }, c) => {
      const params = { id: await messageIdOf(ctx, named, written) };
      return answerMessage(c, await star.call(c, { params, body: { starred } }));
    },
  }),
  alias({
    id: 'wahaEditMessage',
    method: 'put',
    path: '/compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
    summary: 'Edit a message',
    calls: [edit],
    params: OfMessage,
    body: {
      schema: z.object({ text: z.string(), linkPreview: z.boolean().nullish() }),
      example: { text: 'Hello again' },
    },
    responses: message,
    run: async ({ ctx, params, body: { text } }, c) => {
      const id = await messageIdOf(ctx, params.session, params.messageId);
      return answerMessage(c, await edit.call(c, { params: { id }, body: { text } }));
    },
  }),
  alias({
    id: 'wahaDeleteMessage',
    method: 'delete',
    path: '/compat/waha/api/{session}/chats/{chatId}/messages/{messageId}',
    summary: 'Delete a message for everyone',
    calls: [remove],
    params: OfMessage,
    responses: { 200: json('It is deleted.', Nothing) },
    run: async ({ ctx, params }, c) => {
      const id = await messageIdOf(ctx, params.session, params.messageId);
      await remove.call(c, { params: { id } });
      return c.json({});
    },
  }),
  ...checks,
  ...refusals,
];

import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { chats } from '../../api/chats.ts';
import { contacts } from '../../api/contacts.ts';
import { NumberCheckSchema } from '../../api/contacts/schemas.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import { jidOf } from '../../values/evolution/jids.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { ONLINE } from '../refused.ts';
import { to } from '../send-fields.ts';
import {
  EvolutionMessage,
  MessageKey,
  messageIdOf,
  OursMessage,
  shownMessage,
  WIRE_ID_EXAMPLE,
} from './message-view.ts';
import { BASE, CALLED, Instance } from './route.ts';

const check = operationOf(contacts, 'checkContacts');
const seen = operationOf(chats, 'markChatSeen');
const typing = operationOf(chats, 'showTyping');
const recording = operationOf(chats, 'showRecording');
const archive = operationOf(chats, 'archiveChat');
const unread = operationOf(chats, 'markChatUnread');
const edit = operationOf(messages, 'editMessage');
const remove = operationOf(messages, 'deleteMessage');
const block = operationOf(contacts, 'blockContact');
const unblock = operationOf(contacts, 'unblockContact');

const JID = '15550100001@s.whatsapp.net';
const KEY = { remoteJid: JID, fromMe: false, id: WIRE_ID_EXAMPLE };

const CheckedNumber = z
  .object({
    jid: z.string(),
    exists: z.boolean(),
    number: z.string(),
    name: z.string().optional(),
    lid: z.string().optional(),
  })
  .openapi('EvolutionCheckedNumber', {
    example: { jid: JID, exists: true, number: '15550100001' },
  });

const Said = <Name extends string>(name: Name, fields: z.ZodRawShape, example: object) =>
  z.object(fields).openapi(name, { example });

/** The chat that a call names: by itself, or by the last message in it. */
const ofChat = {
  chat: z.string().max(200).nullish(),
  lastMessage: z.looseObject({ key: z.looseObject({ remoteJid: z.string().max(200) }) }).nullish(),
};
const chatIn = (body: z.output<z.ZodObject<typeof ofChat>>): string => {
  const named = body.chat ?? body.lastMessage?.key.remoteJid;
  if (named !== undefined) return named;
  throw new AppError('VALIDATION_ERROR', 'body.chat: is required', {
    fields: [{ in: 'body', field: 'chat', message: 'is required' }],
  });
};

const MOST_SECONDS = 60;

export const evolutionChats: readonly Row[] = [
  alias({
    id: 'evolutionCheckNumbers',
    method: 'post',
    path: `${BASE}/chat/whatsappNumbers/{instance}`,
    summary: 'Check which numbers are on WhatsApp',
    calls: [check],
    params: Instance,
    body: {
      schema: z.object({ numbers: z.array(z.union([z.string().max(200), z.number()])) }),
      example: { numbers: ['15550100001', '15550100002'] },
    },
    responses: { 200: json('What became of each number.', z.array(CheckedNumber)) },
    run: async ({ params: { instance: sessionId }, body: { numbers } }, c) => {
      const own = await check.call(c, { body: { sessionId, numbers }, called: CALLED });
      const { data } = await answerOf(own, z.array(NumberCheckSchema));
      if (data.some(({ exists }) => exists === 'unknown'))
        throw new AppError('UNAVAILABLE', 'WhatsApp could not be asked; try again shortly.');
      return c.json(
        data.map(({ id, exists, chatId, lid }) => ({
          jid: jidOf(chatId ?? id),
          exists: exists === true,
          number: id.replace(/@.*$/, ''),
          ...(lid !== null && { lid }),
        })),
      );
    },
  }),
  alias({
    id: 'evolutionMarkAsRead',
    method: 'post',
    path: `${BASE}/chat/markMessageAsRead/{instance}`,
    summary: 'Mark messages as read',
    description: 'Marks the whole chat of each message, as WhatsApp does.',
    calls: [seen],
    params: Instance,
    body: {
      schema: z.object({
        readMessages: z
          .array(
            z.looseObject({ remoteJid: z.string().max(200), id: z.string().max(200).nullish() }),
          )
          .min(1)
          .max(100),
      }),
      example: { readMessages: [KEY] },
    },
    responses: {
      201: json(
        'They are read.',
        Said(
          'EvolutionRead',
          { message: z.string(), read: z.literal('success') },
          { message: 'Read messages', read: 'success' },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, body: { readMessages } }, c) => {
      for (const id of new Set(readMessages.map(({ remoteJid }) => remoteJid)))
        await seen.call(c, { params: { id }, body: { sessionId }, called: CALLED });
      return c.json({ message: 'Read messages', read: 'success' }, 201);
    },
  }),
  alias({
    id: 'evolutionSendPresence',
    method: 'post',
    path: `${BASE}/chat/sendPresence/{instance}`,
    summary: 'Show “typing…” or “recording…” in a chat',
    description: `For \`delay\` milliseconds, ${MOST_SECONDS} seconds at most; \`paused\` ends it. \`available\` and \`unavailable\` answer 501. ${ONLINE}`,
    calls: [typing, recording],
    errors: ['NOT_SUPPORTED'],
    params: Instance,
    body: {
      schema: z.object({
        number: to,
        presence: z.enum(['composing', 'recording', 'paused', 'available', 'unavailable']),
        delay: z.coerce.number().min(0).nullish(),
      }),
      example: { number: '15550100001', presence: 'composing', delay: 1_200 },
    },
    responses: {
      201: json(
        'It is shown.',
        Said('EvolutionPresence', { presence: z.string() }, { presence: 'composing' }),
      ),
    },
    run: async ({ params: { instance: sessionId }, body: { number, presence, delay } }, c) => {
      if (presence === 'available' || presence === 'unavailable')
        throw new AppError('NOT_SUPPORTED', ONLINE);
      const wanted = Math.ceil((delay ?? 10_000) / 1_000);
      const seconds = presence === 'paused' ? 0 : Math.min(wanted, MOST_SECONDS);
      const called = presence === 'recording' ? recording : typing;
      const params = { id: String(number) };
      await called.call(c, { params, body: { sessionId, seconds }, called: CALLED });
      return c.json({ presence }, 201);
    },
  }),
  alias({
    id: 'evolutionArchiveChat',
    method: 'post',
    path: `${BASE}/chat/archiveChat/{instance}`,
    summary: 'Archive or unarchive a chat',
    calls: [archive],
    params: Instance,
    body: {
      schema: z.object({ ...ofChat, archive: z.boolean() }),
      example: { chat: JID, archive: true },
    },
    responses: {
      201: json(
        'The chat.',
        Said(
          'EvolutionArchived',
          { chatId: z.string(), archived: z.boolean() },
          { chatId: JID, archived: true },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, body }, c) => {
      const [chatId, archived] = [chatIn(body), body.archive];
      await archive.call(c, {
        params: { id: chatId },
        body: { sessionId, archived },
        called: CALLED,
      });
      return c.json({ chatId, archived }, 201);
    },
  }),
  alias({
    id: 'evolutionMarkUnread',
    method: 'post',
    path: `${BASE}/chat/markChatUnread/{instance}`,
    summary: 'Mark a chat as unread',
    calls: [unread],
    params: Instance,
    body: { schema: z.object(ofChat), example: { chat: JID } },
    responses: {
      201: json(
        'The chat.',
        Said(
          'EvolutionUnread',
          { chatId: z.string(), markedChatUnread: z.literal(true) },
          { chatId: JID, markedChatUnread: true },
        ),
      ),
    },
    run: async ({ params: { instance: sessionId }, body }, c) => {
      const chatId = chatIn(body);
      await unread.call(c, { params: { id: chatId }, body: { sessionId }, called: CALLED });
      return c.json({ chatId, markedChatUnread: true }, 201);
    },
  }),
  alias({
    id: 'evolutionDeleteMessage',
    method: 'delete',
    path: `${BASE}/chat/deleteMessageForEveryone/{instance}`,
    summary: 'Delete a message for everyone',
    calls: [remove],
    params: Instance,
    body: { schema: MessageKey, example: { ...KEY, fromMe: true } },
    responses: { 201: json('The message as it was.', EvolutionMessage) },
    run: async ({ ctx, params: { instance }, body: key }, c) => {
      const params = { id: await messageIdOf(ctx, instance, key) };
      const { data } = await answerOf(await remove.call(c, { params }), OursMessage);
      return c.json(shownMessage(data), 201);
    },
  }),
  alias({
    id: 'evolutionUpdateMessage',
    method: 'post',
    path: `${BASE}/chat/updateMessage/{instance}`,
    summary: 'Edit a message',
    calls: [edit],
    params: Instance,
    body: {
      schema: z.object({ number: to.optional(), key: MessageKey, text: z.string() }),
      example: { number: '15550100001', key: { ...KEY, fromMe: true }, text: 'Hello again' },
    },
    responses: { 200: json('The message as it is now.', EvolutionMessage) },
    run: async ({ ctx, params: { instance }, body: { key, text } }, c) => {
      const params = { id: await messageIdOf(ctx, instance, key) };
      const own = await edit.call(c, { params, body: { text } });
      return c.json(shownMessage((await answerOf(own, OursMessage)).data));
    },
  }),
  alias({
    id: 'evolutionBlock',
    method: 'post',
    path: `${BASE}/chat/updateBlockStatus/{instance}`,
    summary: 'Block or unblock a contact',
    calls: [block, unblock],
    params: Instance,
    body: {
      schema: z.object({ number: to, status: z.enum(['block', 'unblock']) }),
      example: { number: '15550100001', status: 'block' },
    },
    responses: {
      201: json(
        'It is done.',
        Said('EvolutionBlocked', { block: z.string() }, { block: 'success' }),
      ),
    },
    run: async ({ params: { instance: sessionId }, body: { number, status } }, c) => {
      const called = status === 'block' ? block : unblock;
      await called.call(c, { params: { id: String(number) }, body: { sessionId }, called: CALLED });
      return c.json({ block: 'success' }, 201);
    },
  }),
];

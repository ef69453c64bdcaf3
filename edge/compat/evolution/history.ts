import { z } from '@hono/zod-openapi';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { toBase64 } from '../../../shared/base64.ts';
import { AppError } from '../../../shared/errors.ts';
import { ChatSchema } from '../../api/chats/schemas.ts';
import { chats } from '../../api/chats.ts';
import { ContactSummarySchema } from '../../api/contacts/schemas.ts';
import { contacts } from '../../api/contacts.ts';
import { media } from '../../api/media.ts';
import { messages } from '../../api/messages.ts';
import type { Row } from '../../api/operation.ts';
import { jidOf } from '../../values/evolution/jids.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { MOST_ROWS, wholeList } from '../pages.ts';
import {
  EvolutionMessage,
  MessageKey,
  messageIdOf,
  OursMessage,
  shownMessage,
  WIRE_ID_EXAMPLE,
} from './message-view.ts';
import { BASE, Instance } from './route.ts';

const listContacts = operationOf(contacts, 'listContacts');
const listChats = operationOf(chats, 'listChats');
const getChat = operationOf(chats, 'getChat');
const listMessages = operationOf(messages, 'listMessages');
const getMessage = operationOf(messages, 'getMessage');
const getMedia = operationOf(media, 'getMedia');

const JID = '15550100001@s.whatsapp.net';

const Contact = z
  .object({
    id: z.string(),
    remoteJid: z.string(),
    pushName: z.string().nullable(),
    profilePicUrl: z.null(),
    isSaved: z.boolean(),
  })
  .openapi('EvolutionContact', {
    example: { id: JID, remoteJid: JID, pushName: 'Ada', profilePicUrl: null, isSaved: true },
  });

const Chat = z
  .object({
    id: z.string(),
    remoteJid: z.string(),
    pushName: z.string().nullable(),
    unreadCount: z.number().int(),
    updatedAt: z.string().nullable().describe('When the newest message was sent.'),
    archived: z.boolean(),
    isSaved: z.boolean().nullable(),
  })
  .openapi('EvolutionChat', {
    example: {
      id: JID,
      remoteJid: JID,
      pushName: 'Ada',
      unreadCount: 0,
      updatedAt: '2026-11-21T10:41:58.000Z',
      archived: false,
      isSaved: true,
    },
  });

const showChat = (chat: z.output<typeof ChatSchema>): z.output<typeof Chat> => ({
  id: jidOf(chat.id),
  remoteJid: jidOf(chat.id),
  pushName: chat.name,
  unreadCount: chat.unreadCount,
  updatedAt: chat.lastMessageAt,
  archived: chat.archived,
  isSaved: chat.saved,
});

const Where = z.looseObject({
  id: z.string().max(200).nullish(),
  remoteJid: z.string().max(200).nullish(),
});

const Found = z
  .object({
    messages: z.object({
      total: z.number().int().describe('Of this page.'),
      pages: z.number().int().describe('One more than this page while there are more.'),
      currentPage: z.number().int(),
      records: z.array(EvolutionMessage),
    }),
  })
  .openapi('EvolutionFoundMessages');

const Base64 = z
  .object({
    mediaType: z.string(),
    fileName: z.string().nullable(),
    mimetype: z.string(),
    size: z.object({ fileLength: z.number().int() }),
    base64: z.string(),
  })
  .openapi('EvolutionBase64', {
    example: {
      mediaType: 'imageMessage',
      fileName: null,
      mimetype: 'image/png',
      size: { fileLength: 68 },
      base64: 'iVBORw0KGgo…',
    },
  });

const PAGE = 50;

export const evolutionHistory: readonly Row[] = [
  alias({
    id: 'evolutionFindContacts',
    method: 'post',
    path: `${BASE}/chat/findContacts/{instance}`,
    summary: 'List the contacts',
    calls: [listContacts],
    params: Instance,
    body: { schema: z.object({ where: Where.nullish() }), example: {}, optional: true },
    responses: { 200: json('Up to 1,000 contacts.', z.array(Contact)) },
    run: async ({ params: { instance: sessionId }, body: { where } }, c) => {
      const all = await wholeList(c, listContacts, ContactSummarySchema, { sessionId });
      const wanted = where?.remoteJid ?? where?.id ?? null;
      const shown = all.map((one) => ({
        id: jidOf(one.id),
        remoteJid: jidOf(one.id),
        pushName: one.name,
        profilePicUrl: null,
        isSaved: one.saved,
      }));
      return c.json(shown.filter(({ id }) => wanted === null || id === jidOf(wanted)));
    },
  }),
  alias({
    id: 'evolutionFindChats',
    method: 'post',
    path: `${BASE}/chat/findChats/{instance}`,
    summary: 'List the chats, newest message first',
    calls: [listChats],
    params: Instance,
    body: { schema: z.object({ where: Where.nullish() }), example: {}, optional: true },
    responses: { 200: json('Up to 1,000 chats.', z.array(Chat)) },
    run: async ({ params: { instance: sessionId }, body: { where } }, c) => {
      const all = await wholeList(c, listChats, ChatSchema, { sessionId });
      const wanted = where?.remoteJid ?? where?.id ?? null;
      const shown = all.map((one) => showChat(one));
      return c.json(shown.filter(({ id }) => wanted === null || id === jidOf(wanted)));
    },
  }),
  alias({
    id: 'evolutionFindChat',
    method: 'get',
    path: `${BASE}/chat/findChatByRemoteJid/{instance}`,
    summary: 'Get a chat',
    calls: [getChat],
    params: Instance,
    query: z.object({ remoteJid: z.string().max(200).openapi({ example: JID }) }),
    responses: { 200: json('The chat.', Chat) },
    run: async ({ params: { instance: sessionId }, query: { remoteJid: id } }, c) => {
      const own = await getChat.call(c, { params: { id }, query: { sessionId } });
      return c.json(showChat((await answerOf(own, ChatSchema)).data));
    },
  }),
  alias({
    id: 'evolutionFindMessages',
    method: 'post',
    path: `${BASE}/chat/findMessages/{instance}`,
    summary: 'List messages, newest first',
    description: `What Waypost sent and received. \`where.key\` narrows to a chat or a message; \`offset\` is the size of a page, and \`page\` its number: the newest ${MOST_ROWS.toLocaleString('en')} are there.`,
    calls: [listMessages, getMessage],
    params: Instance,
    body: {
      schema: z.object({
        where: z
          .looseObject({ key: z.looseObject(MessageKey.partial().shape).nullish() })
          .nullish(),
        page: z.coerce.number().int().min(1).max(MOST_ROWS).nullish(),
        offset: z.coerce.number().int().min(1).max(100).nullish(),
      }),
      example: { where: { key: { remoteJid: JID } }, page: 1, offset: 50 },
      optional: true,
    },
    responses: { 200: json('A page of messages.', Found) },
    run: async ({ ctx, params: { instance }, body: { where, page, offset } }, c) => {
      const { id, remoteJid, fromMe } = where?.key ?? {};
      const currentPage = page ?? 1;
      const answer = (records: z.output<typeof OursMessage>[], hasMore: boolean) =>
        c.json({
          messages: {
            total: records.length,
            pages: hasMore ? currentPage + 1 : currentPage,
            currentPage,
            records: records.map((one) => shownMessage(one)),
          },
        });
      if (id != null) {
        const params = { id: await messageIdOf(ctx, instance, { id, fromMe }) };
        return answer(
          [(await answerOf(await getMessage.call(c, { params }), OursMessage)).data],
          false,
        );
      }
      const query = {
        sessionId: instance,
        ...(remoteJid != null && { chatId: remoteJid }),
        ...(fromMe != null && { direction: fromMe ? 'outbound' : 'inbound' }),
      };
      const size = offset ?? PAGE;
      // One more than this page, to see whether there is a next one.
      const most = Math.min(currentPage * size + 1, MOST_ROWS);
      const newest = await wholeList(c, listMessages, OursMessage, query, most);
      const records = newest.slice((currentPage - 1) * size, currentPage * size);
      return answer(records, newest.length > currentPage * size);
    },
  }),
  alias({
    id: 'evolutionReadFile',
    method: 'post',
    path: `${BASE}/chat/getBase64FromMediaMessage/{instance}`,
    summary: 'Get the file of a message as base64',
    description: `Files of up to ${LIMITS.base64Mebibytes.limit} MB; \`GET /v1/media/{id}\` gives larger ones.`,
    calls: [getMessage, getMedia],
    errors: ['PAYLOAD_TOO_LARGE'],
    params: Instance,
    body: {
      schema: z.object({
        message: z.looseObject({ key: MessageKey }),
        convertToMp4: z.boolean().nullish(),
      }),
      example: { message: { key: { id: WIRE_ID_EXAMPLE } } },
    },
    responses: { 201: json('The file.', Base64) },
    run: async ({ ctx, params: { instance }, body: { message } }, c) => {
      const params = { id: await messageIdOf(ctx, instance, message.key) };
      const { data } = await answerOf(await getMessage.call(c, { params }), OursMessage);
      if (data.mediaId === null)
        throw new AppError('NOT_FOUND', 'The message has no file, or the file is no longer kept.');
      const file = await getMedia.call(c, { params: { id: data.mediaId } });
      const size = Number(file.headers.get('content-length') ?? '0');
      if (size > LIMITS.base64Mebibytes.limit * 1024 * 1024) {
        await file.body?.cancel();
        throw new AppError('PAYLOAD_TOO_LARGE', 'The file is too large to come as base64.');
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      const shown = shownMessage(data);
      const { filename } = data.content;
      const found = {
        mediaType: shown.messageType,
        fileName: typeof filename === 'string' ? filename : null,
        mimetype: file.headers.get('content-type') ?? 'application/octet-stream',
        size: { fileLength: bytes.byteLength },
        base64: toBase64(bytes),
      };
      return c.json(found, 201);
    },
  }),
];

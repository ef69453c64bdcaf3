import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { messages } from '../../api/messages.ts';
import { SendHeaders } from '../../api/messages/schemas.ts';
import type { Row } from '../../api/operation.ts';
import { scope } from '../../api/takes.ts';
import type { AppEnv } from '../../context.ts';
import { alias, operationOf } from '../alias.ts';
import { json } from '../json-answer.ts';
import { Card, cardOf } from './cards.ts';
import { answerSent, messageIdOf, WahaMessage } from './message-view.ts';
import {
  type Addressed,
  addressed,
  CALLED,
  mentions,
  mentionsOf,
  messageId,
  sendFields,
  waiting,
} from './send-fields.ts';

const send = {
  image: operationOf(messages, 'sendImage'),
  document: operationOf(messages, 'sendDocument'),
  voice: operationOf(messages, 'sendVoice'),
  video: operationOf(messages, 'sendVideo'),
  poll: operationOf(messages, 'sendPoll'),
  location: operationOf(messages, 'sendLocation'),
  contact: operationOf(messages, 'sendContact'),
};
const forward = operationOf(messages, 'forwardMessage');

/** Their caller is known before the statement: it may look for a quoted message first. */
export const takes = scope('messages:send');
export const sent = { 201: json('The message.', WahaMessage) };

type Headers = { prefer?: string | undefined };

/** Sends one message, and answers as WAHA does. */
export async function sendOne(
  c: Context<AppEnv>,
  operation: Row,
  { to, headers, said }: { to: z.output<typeof Addressed>; headers: Headers; said: object },
  called: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = { ...(await addressed(c.get('ctx'), to)), ...said };
  const given = { body, called: { ...CALLED, ...called }, ...waiting(headers.prefer) };
  const own = await operation.call(c, given);
  const [text = null] = ['text', 'caption']
    .map((name): unknown => Object(said)[name])
    .filter((value) => typeof value === 'string');
  return answerSent(c, own, { text });
}

export const WahaFile = z
  .object({
    url: z.string().nullish(),
    data: z.string().nullish().openapi({ description: 'The file itself, as base64.' }),
    mimetype: z.string().nullish(),
    filename: z.string().nullish(),
  })
  .openapi({ 'x-component': 'WahaFile' });

const FILE_CALLED = { url: 'file.url', base64: 'file.data', filename: 'file.filename' };

/** WAHA's calls that send a file, and the kind that each sends. Of a kind whose files have no name, theirs is not used. */
const FILES = [
  ['image', 'wahaSendImage', 'sendImage', 'Send an image', 'image/jpeg', 'photo.jpg'],
  ['document', 'wahaSendFile', 'sendFile', 'Send a file', 'application/pdf', 'invoice.pdf'],
  [
    'voice',
    'wahaSendVoice',
    'sendVoice',
    'Send a voice message',
    'audio/ogg; codecs=opus',
    'voice.ogg',
  ],
  ['video', 'wahaSendVideo', 'sendVideo', 'Send a video', 'video/mp4', 'clip.mp4'],
] as const;
const NAMED: ReadonlySet<string> = new Set(['document', 'video']);

const files: readonly Row[] = FILES.map(([kind, id, path, summary, mimetype, name]) =>
  alias({
    id,
    method: 'post',
    path: `/compat/waha/api/${path}`,
    summary,
    description:
      'The file comes by URL or as base64. What it is, its content says; a recording is converted where that is needed.',
    calls: [send[kind]],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({
        ...sendFields,
        file: WahaFile,
        caption: z.string().nullish(),
        mentions,
        convert: z.boolean().nullish(),
        asNote: z.boolean().nullish(),
      }),
      example: {
        session: 'default',
        chatId: '15550100001@c.us',
        file: { mimetype, filename: name, url: `https://files.example.com/${name}` },
      },
      takesBase64: true,
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const { file, caption, asNote } = body;
      const { url, data, filename } = file;
      const isVoice = kind === 'voice';
      const said = {
        ...(data == null ? url != null && { url } : { base64: data }),
        ...(data != null && file.mimetype != null && { mimetype: file.mimetype }),
        ...(filename != null && NAMED.has(kind) && { filename }),
        ...(caption != null && caption !== '' && !isVoice && { caption }),
        ...(!isVoice && mentionsOf(body.mentions)),
        ...(kind === 'video' && asNote === true && { asNote }),
      };
      return sendOne(c, send[kind], { to: body, headers, said }, FILE_CALLED);
    },
  }),
);

export const wahaSends: readonly Row[] = [
  ...files,
  alias({
    id: 'wahaSendPoll',
    method: 'post',
    path: '/compat/waha/api/sendPoll',
    summary: 'Send a poll',
    calls: [send.poll],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({
        ...sendFields,
        poll: z.object({
          name: z.string(),
          options: z.array(z.string()).max(100),
          multipleAnswers: z.boolean().nullish(),
        }),
      }),
      example: {
        session: 'default',
        chatId: '15550100001@c.us',
        poll: { name: 'Lunch?', options: ['Pizza', 'Salad'], multipleAnswers: false },
      },
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const { name, options, multipleAnswers } = body.poll;
      const said = { name, options, allowMultiple: multipleAnswers ?? false };
      const called = { name: 'poll.name', options: 'poll.options' };
      return sendOne(c, send.poll, { to: body, headers, said }, called);
    },
  }),
  alias({
    id: 'wahaSendLocation',
    method: 'post',
    path: '/compat/waha/api/sendLocation',
    summary: 'Send a location',
    calls: [send.location],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({
        ...sendFields,
        latitude: z.coerce.number(),
        longitude: z.coerce.number(),
        title: z.string().nullish(),
      }),
      example: {
        session: 'default',
        chatId: '15550100001@c.us',
        latitude: 52.5163,
        longitude: 13.3777,
        title: 'Brandenburg Gate',
      },
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const { latitude, longitude, title } = body;
      const said = { latitude, longitude, ...(title != null && title !== '' && { name: title }) };
      return sendOne(c, send.location, { to: body, headers, said }, { name: 'title' });
    },
  }),
  alias({
    id: 'wahaSendContact',
    method: 'post',
    path: '/compat/waha/api/sendContactVcard',
    summary: 'Send contact cards',
    description: 'Of a vCard, name, numbers and organization are sent.',
    calls: [send.contact],
    takes,
    headers: SendHeaders,
    body: {
      schema: z.object({ ...sendFields, contacts: z.array(Card).max(100) }),
      example: {
        session: 'default',
        chatId: '15550100001@c.us',
        contacts: [{ fullName: 'Ada Lovelace', phoneNumber: '+15550100002' }],
      },
    },
    responses: sent,
    run: async ({ headers, body }, c) => {
      const said = { contacts: body.contacts.map((card) => cardOf(card)) };
      return sendOne(c, send.contact, { to: body, headers, said });
    },
  }),
  alias({
    id: 'wahaForward',
    method: 'post',
    path: '/compat/waha/api/forwardMessage',
    summary: 'Forward a message',
    calls: [forward],
    headers: SendHeaders,
    body: {
      schema: z.object({ ...sendFields, messageId }).omit({ reply_to: true }),
      example: {
        session: 'default',
        chatId: '15550100002@c.us',
        messageId: 'false_15550100001@c.us_3A5F0C431C26A1916E07',
      },
    },
    responses: sent,
    run: async ({ ctx, headers, body: { session, chatId, messageId: named } }, c) => {
      const id = await messageIdOf(ctx, session, named);
      const given = { params: { id }, body: { to: chatId }, called: CALLED };
      return answerSent(c, await forward.call(c, { ...given, ...waiting(headers.prefer) }));
    },
  }),
];

import { z } from 'zod';
import { FileLink } from '../file-link.ts';
import { ERROR_CODES } from '../../errors.ts';
import type { MessageStatus } from '../../message-status.ts';
import { MEDIA_STATUSES } from '../../message-status.ts';
import { INBOUND_TYPES } from '../message-kinds.ts';
import { ADA, KnownPerson } from '../person.ts';
import { event, Time } from './row.ts';

const EXAMPLE = {
  messageId: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
  reference: 'order-4711',
  chatId: '15550100001@c.us',
  wireId: '3EB0C431C26A1916E07A5D',
};

const chatId = z
  .string()
  .describe('The chat: a person, a group (`…@g.us`) or a channel (`…@newsletter`).');
const wireId = z.string().describe('The id that the message has on WhatsApp.');

/** Fields of every event about a message that was sent through Waypost. */
const outbound = <Status extends MessageStatus>(status: Status) => ({
  messageId: z.string().describe('The message, as `POST /v1/messages/…` answered.'),
  reference: z.string().nullable().describe('Your `reference`, if the send had one.'),
  chatId,
  wireId,
  status: z.literal(status).describe('Status of the message from now on.'),
});
const unsent = {
  wireId: wireId.nullable().describe('The id on WhatsApp, if the message got as far as one.'),
};

/** Fields of every event about an earlier message, whoever sent it. */
const about = {
  messageId: z
    .string()
    .nullable()
    .describe('The message it is about; null when Waypost does not know it.'),
  reference: z
    .string()
    .nullable()
    .describe('Your `reference`, if it is about a message of yours that has one.'),
  wireId: z.string().describe('The id on WhatsApp of the message it is about.'),
  chatId,
};

const fromMe = z
  .boolean()
  .describe('It is a message of the session itself, written by the API or on a device.');

/** The row of an event for a status that an outbound message reaches. */
const reached = <Status extends MessageStatus, const Aliases extends readonly string[] = []>(
  status: Status,
  when: string,
  aliases?: Aliases,
) =>
  event({
    when,
    data: outbound(status),
    example: { ...EXAMPLE, status } as const,
    ...(aliases === undefined ? {} : { aliases }),
  });

const MessageFile = z.object({
  id: z.string().nullable().describe('The stored file; null until it is `ready`.'),
  status: z
    .enum(MEDIA_STATUSES)
    .describe(
      'Whether it was fetched from WhatsApp and stored. A file that is `pending` is followed by `message.media`.',
    ),
  url: z
    .string()
    .nullable()
    .describe('Where to read the file, with a credential that has `messages:read`.'),
  link: z
    .union([FileLink, z.null()])
    .describe(
      'A link that needs no credential. Each delivery, retry and redelivery carries a new one. It works for at least a day, as long as the file is kept.',
    ),
  mimetype: z.string().describe('Its MIME type.'),
  filename: z.string().nullable().describe('Its name, if it has one.'),
  sizeBytes: z.number().int().describe('Its size in bytes.'),
  error: z.string().nullable().describe('Why the file could not be fetched.'),
});

/** What a message says, whoever wrote it. */
const said = {
  isGroup: z.boolean().describe('The chat is a group.'),
  type: z.enum(INBOUND_TYPES).describe('What kind of message it is.'),
  text: z.string().nullable().describe('The text, or the caption of a file.'),
  media: MessageFile.nullable()
    .describe('The file of the message, if it has one.')
    .meta({ 'x-component': 'MessageFile' }),
  location: z
    .object({
      latitude: z.number().describe('In degrees, north is positive.'),
      longitude: z.number().describe('In degrees, east is positive.'),
      name: z.string().nullable().describe('The name of the place.'),
      address: z.string().nullable().describe('Its address.'),
    })
    .nullable()
    .describe('The place, if it is a location.')
    .meta({ 'x-component': 'MessageLocation' }),
  vcards: z.array(z.string()).describe('Contact cards, each as a vCard.'),
  poll: z
    .object({
      name: z.string().describe('The question.'),
      options: z.array(z.string()).describe('What one can vote for.'),
      allowMultiple: z.boolean().describe('One person can vote for several options.'),
    })
    .nullable()
    .describe('The poll, if it is one.')
    .meta({ 'x-component': 'MessagePoll' }),
  mentions: z.array(KnownPerson).describe('The people it mentions.'),
  quotedMessageId: z
    .string()
    .nullable()
    .describe('The message it replies to, if Waypost knows it.'),
  quotedWireId: z.string().nullable().describe('The id on WhatsApp of the message it quotes.'),
  sentAt: Time.describe("When it was sent, by WhatsApp's clock."),
  backfilled: z.boolean().describe('It was found in the history rather than seen to arrive.'),
};
const SAID_CONTENT = ['text', 'media', 'location', 'vcards', 'poll', 'mentions'] as const;
const SAID: z.output<z.ZodObject<typeof said>> = {
  isGroup: false,
  type: 'text',
  text: 'Hi',
  media: null,
  location: null,
  vcards: [],
  poll: null,
  mentions: [],
  quotedMessageId: null,
  quotedWireId: null,
  sentAt: '2026-11-21T10:41:58.000Z',
  backfilled: false,
};

export const MESSAGE_EVENTS = {
  'message.received': event({
    when: 'A message arrived, or was found in the history after the session had been away.',
    aliases: ['message_received'],
    content: SAID_CONTENT,
    data: {
      messageId: z.string().describe('The message, for `GET /v1/messages/{id}` and replies.'),
      chatId,
      wireId,
      from: KnownPerson.describe('Who sent it.'),
      ...said,
    },
    example: {
      messageId: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
      chatId: ADA.id,
      wireId: '3A5F0C431C26A1916E07',
      from: ADA,
      ...SAID,
    },
  }),
  'message.echo': event({
    when: 'A message was written in the name of the session, but not through Waypost: on the phone, or on another linked device.',
    content: SAID_CONTENT,
    data: {
      messageId: z.string().describe('The message, for `GET /v1/messages/{id}` and replies.'),
      chatId,
      wireId,
      writtenOn: z
        .enum(['phone', 'device'])
        .describe('On the phone itself, or on another device that is linked to it.'),
      ...said,
    },
    example: {
      messageId: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
      chatId: ADA.id,
      wireId: '3A5F0C431C26A1916E07',
      writtenOn: 'phone',
      ...SAID,
    },
  }),
  'message.media': event({
    when: 'The file of a received message, which was still `pending`, was stored or could not be fetched.',
    content: ['media'],
    data: {
      messageId: z.string().describe('The message that it belongs to.'),
      chatId,
      wireId,
      media: MessageFile.describe('The file.').meta({ 'x-component': 'MessageFile' }),
    },
    example: {
      messageId: 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
      chatId: ADA.id,
      wireId: '3A5F0C431C26A1916E07',
      media: {
        id: 'med_01k2q8z6m4c8f7h3n5r9t1v0wx',
        status: 'ready',
        url: 'https://waypost.example/v1/media/med_01k2q8z6m4c8f7h3n5r9t1v0wx',
        link: {
          url: 'https://waypost.example/files/med_01k2q8z6m4c8f7h3n5r9t1v0wx?expires=1795345200&signature=mJ0vQ',
          expiresAt: '2026-11-22T11:00:00.000Z',
        },
        mimetype: 'image/jpeg',
        filename: null,
        sizeBytes: 48_213,
        error: null,
      },
    },
  }),
  'message.sent': reached('sent', 'WhatsApp accepted a message of yours.', ['message_sent']),
  'message.delivered': reached(
    'delivered',
    "A message of yours reached the recipient's phone; in a group, the phones of all members.",
    ['message_delivered'],
  ),
  'message.read': reached('read', 'The recipient read a message of yours.', ['message_read']),
  'message.played': reached('played', 'The recipient played a voice note or video of yours.'),
  'message.failed': event({
    when: 'A message of yours was not sent and will not be: it expired, was cancelled, or WhatsApp refused it.',
    data: {
      ...outbound('failed'),
      ...unsent,
      error: z
        .object({
          code: z.enum(ERROR_CODES).describe('A code of the table of errors.'),
          message: z.string().describe('The same in words.'),
        })
        .describe('Why.'),
    },
    example: {
      ...EXAMPLE,
      wireId: null,
      status: 'failed',
      error: { code: 'EXPIRED', message: 'The message expired before it could be sent.' },
    },
  }),
  'message.unknown': event({
    when: 'The session was lost while sending a message of yours, and it is not known whether the message was sent. Later proof may still settle it.',
    data: { ...outbound('unknown'), ...unsent },
    example: { ...EXAMPLE, status: 'unknown' },
  }),
  'message.stalled': event({
    when: "WhatsApp accepted a message of yours some time ago (30 minutes by default), and the recipient's phone has not received it yet.",
    data: { ...outbound('sent'), sentAt: Time.describe('When WhatsApp accepted it.') },
    example: { ...EXAMPLE, status: 'sent', sentAt: '2026-11-21T10:41:58.000Z' },
  }),
  'message.reaction': event({
    when: 'Somebody reacted to a message, or removed a reaction; the session itself too.',
    content: ['emoji'],
    data: {
      ...about,
      from: KnownPerson.describe('Who reacted.'),
      fromMe: z.boolean().describe('The session itself reacted, by the API or on the phone.'),
      emoji: z
        .string()
        .nullable()
        .describe('The reaction; empty when it was removed, null once it has expired.'),
      removed: z.boolean().describe('The reaction was removed.'),
    },
    example: {
      ...EXAMPLE,
      chatId: ADA.id,
      from: ADA,
      fromMe: false,
      emoji: '👍',
      removed: false,
    },
  }),
  'message.poll_vote': event({
    when: 'Somebody voted in a poll, changed a vote, or withdrew it.',
    content: ['options'],
    data: {
      ...about,
      from: KnownPerson.describe('Who voted.'),
      options: z
        .array(z.string())
        .describe(
          'The options that the person votes for now; empty when the vote was withdrawn. An option whose text nobody knows any more is `#` and its number.',
        ),
    },
    example: { ...EXAMPLE, chatId: ADA.id, from: ADA, options: ['Pizza'] },
  }),
  'message.edited': event({
    when: 'A message was edited, by its sender; one of the session too.',
    content: ['text'],
    data: {
      ...about,
      fromMe,
      text: z
        .string()
        .nullable()
        .describe('The new text, or the new caption of a file; null once it has expired.'),
    },
    example: {
      ...EXAMPLE,
      messageId: null,
      reference: null,
      fromMe: false,
      text: 'Hi there',
    },
  }),
  'message.revoked': event({
    when: 'A message was deleted for everyone; one of the session too.',
    data: { ...about, fromMe },
    example: { ...EXAMPLE, fromMe: true },
  }),
};

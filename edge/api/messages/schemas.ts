import { z } from '@hono/zod-openapi';
import {
  BASE64_LIMIT_CHARACTERS,
  checkSource,
} from '../../../shared/catalogue/kinds/file-source.ts';
import {
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  type MessageKind,
  saidFields,
} from '../../../shared/catalogue/message-kinds.ts';
import { KnownPerson } from '../../../shared/catalogue/person.ts';
import { WRITTEN_ON } from '../../../shared/protocol/runner-reports.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { answer } from '../../http/envelope.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyKey } from '../../http/idempotency-key.ts';
import { UPLOAD_RULE } from '../../media/store-media.ts';
import type { FormBody } from '../../middleware/accept-form.ts';
import { SessionIdOrName } from '../name-fields.ts';
import { Recipient } from '../recipient-fields.ts';
import { Moment } from '../moment-field.ts';
import { DEFAULT_EXPIRY_SECONDS, MAX_AHEAD_DAYS } from '../../services/messages/enqueue.ts';

const MAX_EXPIRY_SECONDS = 7 * 24 * 3600;

export const SESSION_EXAMPLE = 'ses_01k2q8z6m4c8f7h3n5r9t1v0wx';
export const MESSAGE_EXAMPLE = 'msg_01k2q8z6m4c8f7h3n5r9t1v0wx';

export const Reference = z.string().min(1).max(128);

/** Terms that every send has, a reply too. */
const Terms = {
  reference: Reference.optional().openapi({
    description:
      'Your own reference, for example an order number. The message shows it, and so does every event about the message.',
    example: 'order-4711',
  }),
  expiresIn: z
    .number()
    .int()
    .min(1)
    .max(MAX_EXPIRY_SECONDS)
    .default(DEFAULT_EXPIRY_SECONDS)
    .openapi({
      description:
        'Seconds after which an unsent message fails with `EXPIRED`, counted from `sendAt`.',
    }),
  sendAt: Moment.transform((moment) => moment.toISOString())
    .optional()
    .openapi({
      description: `When to send the message, at most ${MAX_AHEAD_DAYS} days ahead, accurate to about 5 seconds. A time in the past means now.`,
      example: '2026-12-01T09:00:00+01:00',
    }),
};
export const SendTerms = z.object(Terms);

/** Fields of every send to a recipient, whatever its kind. */
export const SendFields = {
  sessionId: SessionIdOrName.optional().openapi({
    description:
      "Id or name. Without it, the session that the key is pinned to, otherwise the workspace's default session.",
    example: SESSION_EXAMPLE,
  }),
  quotedMessageId: z.string().min(1).max(100).optional().openapi({
    description: 'The message that this one quotes, from the same session.',
    example: MESSAGE_EXAMPLE,
  }),
  ...Terms,
};

export const MessageId = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' }, example: MESSAGE_EXAMPLE }),
});

export const SendHeaders = z.object({
  'idempotency-key': IdempotencyKey,
  prefer: z.string().optional().openapi({
    description:
      '`wait=N` answers when the message is settled, after N seconds (at most 60) at the latest; `respond-async`, the default, at once.',
    example: 'wait=10',
  }),
});

export const SentMessageSchema = z
  .object({
    id: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    sessionId: z.string(),
    reference: z.string().nullable(),
    chatId: z.string(),
    type: z.string(),
    queueSeq: z
      .number()
      .int()
      .nullable()
      .describe('Its number in the session’s queue, which counts up by one; null until `sendAt`.'),
    quotedMessageId: z.string().nullable(),
    wireId: z.string().nullable().describe('Its id on WhatsApp, once the message is settled.'),
    createdAt: z.iso.datetime(),
    sendAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('SentMessage', {
    example: {
      id: MESSAGE_EXAMPLE,
      status: 'queued',
      sessionId: SESSION_EXAMPLE,
      reference: 'order-4711',
      chatId: '15550100001@c.us',
      type: 'text',
      queueSeq: 7,
      quotedMessageId: null,
      wireId: null,
      createdAt: '2026-11-21T10:00:00.000Z',
      sendAt: null,
      expiresAt: '2026-11-21T11:00:00.000Z',
    },
  });

export const MessageSchema = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    reference: z.string().nullable().describe('Your own reference, if the send had one.'),
    bulkId: z.string().nullable().describe('The bulk that it is one of.'),
    direction: z.enum(['outbound', 'inbound']),
    chatId: z.string(),
    from: KnownPerson.nullable(),
    type: z.string(),
    status: z.enum(MESSAGE_STATUSES),
    content: z
      .record(z.string(), z.unknown())
      .describe('The content; its fields depend on the type. Empty once it has expired.'),
    contentExpiredAt: z.iso
      .datetime()
      .nullable()
      .describe(
        'When the content and the reactions were erased, by the workspace’s `contentRetentionDays`; null while they are kept.',
      ),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    wireId: z.string().nullable().describe('Its id on WhatsApp.'),
    queueSeq: z.number().int().nullable(),
    quotedMessageId: z.string().nullable(),
    mediaId: z.string().nullable(),
    writtenOn: z
      .enum(WRITTEN_ON)
      .nullable()
      .describe(
        'Of an outbound message that was not sent through Waypost: `phone`, or another linked `device`.',
      ),
    reactions: z
      .array(
        z.object({
          from: KnownPerson,
          emoji: z.string(),
          at: z.iso.datetime(),
        }),
      )
      .describe('The reactions that it has now, one for each person.'),
    starred: z.boolean().describe('Starred through Waypost.'),
    attempts: z.number().int().describe('How many attempts to send it have failed.'),
    createdAt: z.iso.datetime(),
    sendAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    sentAt: z.iso.datetime().nullable(),
    deliveredAt: z.iso.datetime().nullable(),
    readAt: z.iso.datetime().nullable(),
    playedAt: z.iso.datetime().nullable(),
    failedAt: z.iso.datetime().nullable(),
    stalledAt: z.iso
      .datetime()
      .nullable()
      .describe(
        'When Waypost noticed that WhatsApp had accepted the message but not delivered it.',
      ),
    editedAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable().describe('When it was deleted for everyone.'),
    deletedAt: z.iso
      .datetime()
      .nullable()
      .describe('When it was deleted on the session’s own account through Waypost.'),
    erasedAt: z.iso
      .datetime()
      .nullable()
      .describe(
        'When its person was erased (`POST /v1/erasures`). What it said and who they are is gone; their chat is called `erased`.',
      ),
    pinnedUntil: z.iso.datetime().nullable().describe('Pinned in its chat through Waypost.'),
  })
  .openapi('Message', {
    example: {
      id: MESSAGE_EXAMPLE,
      sessionId: SESSION_EXAMPLE,
      reference: 'order-4711',
      bulkId: null,
      direction: 'outbound',
      chatId: '15550100001@c.us',
      from: null,
      type: 'text',
      status: 'delivered',
      content: { type: 'text', text: 'Hello from Waypost', linkPreview: true },
      contentExpiredAt: null,
      error: null,
      wireId: '3EB0C431C26A1916E07A5D',
      queueSeq: 7,
      quotedMessageId: null,
      mediaId: null,
      writtenOn: null,
      reactions: [],
      starred: false,
      attempts: 0,
      createdAt: '2026-11-21T10:00:00.000Z',
      sendAt: null,
      expiresAt: '2026-11-21T11:00:00.000Z',
      sentAt: '2026-11-21T10:00:01.200Z',
      deliveredAt: '2026-11-21T10:00:01.900Z',
      readAt: null,
      playedAt: null,
      failedAt: null,
      stalledAt: null,
      editedAt: null,
      revokedAt: null,
      deletedAt: null,
      erasedAt: null,
      pinnedUntil: null,
    },
  });

export const replayHeader = {
  'Idempotent-Replayed': {
    description: '`true` on the answer to a request that was answered before under its key.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

/** Codes that every send can be answered with. */
export const SEND_ERRORS = [
  'SESSION_NOT_READY',
  'QUEUE_FULL',
  'FIRST_CONTACT_LIMIT',
  'EXPIRED',
  'CANCELLED',
  'NUMBER_CHANGED',
  'RECIPIENT_NOT_ON_WHATSAPP',
  'NEW_CHATS_LIMITED',
  'RECIPIENT_OPTED_OUT',
  'MESSAGE_FAILED',
  ...IDEMPOTENCY_ERRORS,
] as const;

export const sendAnswers = {
  200: {
    ...answer('The message was settled within the time of `Prefer: wait`.', SentMessageSchema),
    headers: replayHeader,
  },
  202: {
    ...answer(
      'The message is queued. Follow it by events or GET /v1/messages/{id}.',
      SentMessageSchema,
    ),
    headers: replayHeader,
  },
};

/** The longest text, each character escaped as a surrogate pair. */
export const SEND_LIMIT_BYTES = 1024 * 1024;
/** The same with a file as base64. */
export const MEDIA_SEND_LIMIT_BYTES = SEND_LIMIT_BYTES + BASE64_LIMIT_CHARACTERS;

const replyOf = (kind: MessageKind) => {
  const body = z.strictObject({
    type: kind === 'text' ? z.literal(kind).default(kind) : z.literal(kind),
    ...saidFields(kind),
    ...Terms,
  });
  return MESSAGE_KINDS[kind].media === null ? body : body.superRefine(checkSource);
};
const [firstKind, ...otherKinds] = MESSAGE_KIND_NAMES;

/** A reply of any kind. Without a `type` it is a text. */
export const ReplyMessage = z.preprocess(
  (body) =>
    typeof body === 'object' && body !== null && !('type' in body)
      ? { type: 'text', ...body }
      : body,
  z.discriminatedUnion('type', [replyOf(firstKind), ...otherKinds.map(replyOf)]),
);

const kindsWithFile = MESSAGE_KIND_NAMES.filter((kind) => MESSAGE_KINDS[kind].media !== null);
/** A form that names the kind of its file: the fields of every kind that has one, and `more`. */
export const formOfAnyKind = (more: z.ZodRawShape): FormBody => ({
  rule: UPLOAD_RULE,
  fields: z.object({
    type: z.enum(kindsWithFile),
    ...Object.assign({}, ...kindsWithFile.map(saidFields)),
    ...more,
  }),
});
export const ReplyForm = formOfAnyKind(Terms);

/** Whom a message is forwarded to. */
export const ForwardMessage = z.strictObject({ to: Recipient, ...Terms });

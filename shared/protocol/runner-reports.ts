import { z } from 'zod';
import { RelayedEvent } from '../catalogue/events/relayed.ts';
import { ReportedPerson } from '../catalogue/person.ts';
import { WhatsAppLimits } from '../catalogue/whatsapp-limits.ts';
import { INBOUND_TYPES } from '../catalogue/message-kinds.ts';
import { ERROR_CODES } from '../errors.ts';
import { SESSION_ACTION_NAMES } from '../session-actions.ts';
import { SESSION_STATUSES } from '../session-status.ts';

/** Where a message of the session's own can have been written, other than by Waypost. */
export const WRITTEN_ON = ['phone', 'device'] as const;

/** The session's own doing, or message. A runner of an earlier version reports those of others alone. */
const fromMe = z.boolean().default(false);

/**
 * The id by which WhatsApp names the sender of this, the same also when the other form becomes known. Left out for the
 * session's own doings, and by a runner of an earlier version.
 */
const wireSender = z.string().exactOptional();

/** Why a message of the session's own failed. */
export const MessageError = z.object({ code: z.enum(ERROR_CODES), message: z.string() });
export type MessageError = z.infer<typeof MessageError>;

/** A file that came with a message. While it is on its way, `mediaId` and `error` are null. */
export const InboundMedia = z.object({
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number().int(),
  /** Set once the bytes are in object storage. */
  mediaId: z.string().nullable(),
  /** Why they could not be had. */
  error: z.string().nullable(),
});

/** A fact is true whoever reports it and however late: it is accepted from an owner that was. */
export const FactReport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message.received'),
    /** `wireKey` is WhatsApp's serialized key (fromMe_chat_id[_participant]), `wireId` its id part. */
    wireId: z.string(),
    wireKey: z.string(),
    chatId: z.string(),
    from: ReportedPerson,
    isGroup: z.boolean(),
    type: z.enum(INBOUND_TYPES),
    text: z.string().nullable(),
    media: InboundMedia.nullable(),
    location: z
      .object({
        latitude: z.number(),
        longitude: z.number(),
        name: z.string().nullable(),
        /** A runner of an earlier version does not report it. */
        address: z.string().nullable().default(null),
      })
      .nullable(),
    vcards: z.array(z.string()),
    poll: z
      .object({
        name: z.string(),
        options: z.array(z.string()),
        allowMultiple: z.boolean().default(false),
      })
      .nullable(),
    quotedWireId: z.string().nullable(),
    mentions: z.array(ReportedPerson),
    /** Unix ms by WhatsApp's clock. */
    timestamp: z.number().int(),
    backfilled: z.boolean(),
    /** Of a message of the session's own that no send of ours made: where it was written. Null: somebody else wrote it. */
    writtenOn: z.enum(WRITTEN_ON).nullable().default(null),
  }),
  /** What became of the file of a message that was reported before it: stored, or failed. */
  z.object({
    kind: z.literal('message.media'),
    wireId: z.string(),
    wireKey: z.string(),
    chatId: z.string(),
    media: InboundMedia,
    /** When it was tried: each try is told. */
    timestamp: z.number().int(),
  }),
  /** How one of our sends ended, by message id: settled by the send itself or, at takeover, by looking its wire id up. */
  z.object({
    kind: z.literal('message.settled'),
    messageId: z.string(),
    outcome: z.enum(['sent', 'failed', 'unknown', 'not_begun']),
    wireId: z.string().nullable(),
    wireKey: z.string().nullable(),
    error: MessageError.nullable(),
    /** With `not_begun`: how often the engine has turned the message away by now. */
    attempts: z.number().int().min(0).optional(),
  }),
  z.object({
    kind: z.literal('message.ack'),
    /** Of a message that the runner's journal knows: its row may not have the wire id yet. */
    messageId: z.string().optional(),
    wireId: z.string(),
    wireKey: z.string(),
    chatId: z.string(),
    ack: z.number().int(),
    /** With −1, as far as WhatsApp's page tells why. */
    error: MessageError.exactOptional(),
  }),
  z.object({
    kind: z.literal('message.reaction'),
    wireId: z.string(),
    chatId: z.string(),
    from: ReportedPerson,
    wireSender,
    fromMe,
    /** Empty when the reaction was taken back. */
    emoji: z.string(),
    timestamp: z.number().int(),
  }),
  /** The whole vote of one person, each time it changes. */
  z.object({
    kind: z.literal('message.poll_vote'),
    /** Of the poll. */
    wireId: z.string(),
    chatId: z.string(),
    from: ReportedPerson,
    wireSender,
    /** Texts of the options, or the number of one (from 0) whose text the page does not know; empty when the vote was taken back. */
    options: z.array(z.union([z.string(), z.number().int().min(0)])),
    timestamp: z.number().int(),
  }),
  z.object({
    kind: z.literal('message.edited'),
    wireId: z.string(),
    chatId: z.string(),
    fromMe,
    text: z.string(),
    timestamp: z.number().int(),
  }),
  z.object({
    kind: z.literal('message.revoked'),
    wireId: z.string(),
    chatId: z.string(),
    fromMe,
    timestamp: z.number().int(),
  }),
  /** Of what happened, this event is all. `key` tells it from others of its type. */
  z.object({
    kind: z.literal('relayed'),
    key: z.string(),
    event: RelayedEvent,
    timestamp: z.number().int(),
  }),
  /** The phone was linked, or did something that only it or another device of the account can have done. At most hourly. */
  z.object({
    kind: z.literal('phone.seen'),
    /** Unix ms. */
    at: z.number().int(),
  }),
]);
export type FactReport = z.infer<typeof FactReport>;

/** What a runner says of its session; refused when its epoch is not the lease's. */
export const SessionReport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('session.status'),
    status: z.enum(SESSION_STATUSES),
    reason: z.string(),
    phoneNumber: z.string().nullable(),
    lid: z.string().nullable(),
    displayName: z.string().nullable(),
    /** `Debug.VERSION` of the page, once known. */
    webVersion: z.string().nullable(),
    /** What a person has to do; there in `action_required` alone. */
    action: z.enum(SESSION_ACTION_NAMES).optional(),
  }),
  /** An engine will be started again. Told for each attempt, also when the status stays as it is. */
  z.object({
    kind: z.literal('session.reconnect'),
    /** From 1, counted since the session was last online for a while. */
    attempt: z.number().int().min(1),
    delayMs: z.number().int().min(0),
    /** Unix ms by the runner's clock. */
    nextAt: z.number().int(),
    reason: z.string(),
  }),
  /** What WhatsApp limits the number to, when it is another than the engine knew. What is left out was not answered. */
  z.object({ kind: z.literal('session.limits'), limits: WhatsAppLimits.partial() }),
  /** Something threw on the engine's page that nobody had called. Reported the 1st, 2nd, 4th, … time of an epoch. */
  z.object({
    kind: z.literal('session.page_error'),
    count: z.number().int().min(1),
    /** In what: a listener of the library, or `uncaught`. */
    where: z.string(),
    /** Name, message, place and build of WhatsApp Web. */
    detail: z.string(),
  }),
  z.object({
    kind: z.literal('session.pairing_code'),
    /** What the user types on the phone. A credential as the QR code is: never logged, erased when it expires. */
    code: z.string(),
    expiresAt: z.number().int(),
  }),
  z.object({
    kind: z.literal('session.qr'),
    /** The text that the QR code encodes. It is a credential: never logged, erased when it expires. */
    qr: z.string(),
    expiresAt: z.number().int(),
  }),
]);
export type SessionReport = z.infer<typeof SessionReport>;

export const Report = z.union([FactReport, SessionReport]);
export type Report = z.infer<typeof Report>;

/** One spooled report. (bootId, spoolSeq) names it; spoolSeq counts from 1 within a boot. */
export const SpooledReport = z.object({
  bootId: z.string(),
  spoolSeq: z.number().int(),
  sessionId: z.string(),
  epoch: z.number().int(),
  /** Unix ms by the runner's clock. */
  occurredAt: z.number().int(),
  report: Report,
});
export type SpooledReport = z.infer<typeof SpooledReport>;

export const ReportBatch = z.object({
  runnerId: z.string(),
  reports: z.array(SpooledReport).min(1).max(200),
});
export type ReportBatch = z.infer<typeof ReportBatch>;

/** Every report of the batch was written or refused for good (stale epoch, unknown session): the spool may drop all. */
export const ReportBatchResponse = z.object({
  accepted: z.number().int(),
  refused: z.array(
    z.object({ bootId: z.string(), spoolSeq: z.number().int(), reason: z.string() }),
  ),
});
export type ReportBatchResponse = z.infer<typeof ReportBatchResponse>;

/** Asks for a place to put an inbound file's bytes. The answer's URL is a presigned PUT on our object storage. */
export const MediaSlotRequest = z.object({
  sessionId: z.string(),
  epoch: z.number().int(),
  wireId: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type MediaSlotRequest = z.infer<typeof MediaSlotRequest>;
export const MediaSlotResponse = z.object({ mediaId: z.string(), putUrl: z.url() });
export type MediaSlotResponse = z.infer<typeof MediaSlotResponse>;

import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { KnownPerson } from '../../../shared/catalogue/person.ts';
import { MESSAGE_STATUSES } from '../../../shared/message-status.ts';
import { WRITTEN_ON } from '../../../shared/protocol/runner-reports.ts';
import { counter, createdAt, moment } from './columns.ts';
import { bulks } from './bulks.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

export type Reaction = {
  /** Of earlier reactions only the ids are known. */
  from: Pick<KnownPerson, 'id' | 'lid'> & Partial<KnownPerson>;
  emoji: string;
  at: number;
};

/** Every message, both ways. For outbound ones this table is the queue. */
export const messages = pgTable(
  'messages',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    direction: text('direction', { enum: ['outbound', 'inbound'] }).notNull(),
    chatId: text('chat_id').notNull(),
    /** Sender of an inbound message: phone id and LID, whichever are known. */
    fromId: text('from_id'),
    fromLid: text('from_lid'),
    type: text('type').notNull(),
    /**
     * What it says, in the shape of shared/protocol (OutboundContent, or the inbound fact's fields), with each word sealed
     * (values/content-seal.ts). Null once it has expired.
     */
    content: jsonb('content'),
    /** When its content was erased, because the workspace keeps none for longer. */
    contentExpiredAt: moment('content_expired_at'),
    status: text('status', { enum: MESSAGE_STATUSES }).notNull(),
    /** MESSAGE_STATUS_RANK of status: an update carries `where status_rank < new rank`. */
    statusRank: smallint('status_rank').notNull(),
    /** Place in the session's queue; null for inbound, and for what is to be sent later until it is due. */
    queueSeq: counter('queue_seq'),
    /** When it is to be sent, if the sender named a time. */
    sendAt: moment('send_at'),
    /** When it opens the chat with a person, if nothing was in that chat before. */
    firstContactAt: moment('first_contact_at'),
    /** How often the engine turned it away before it could leave. */
    attempts: smallint('attempts').notNull().default(0),
    /** Epoch of the owner that claimed it. */
    claimEpoch: integer('claim_epoch'),
    /** Reports (`boot:spoolSeq`) that put it back into the queue: each may do so once, however often it is repeated. */
    releases: text('releases')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The session's number when it accepted the message, which leaves from no other. */
    senderNumber: text('sender_number'),
    /** The bulk that it is one of. */
    bulkId: text('bulk_id').references(() => bulks.id, { onDelete: 'set null' }),
    /** The caller's own name for it. */
    reference: text('reference'),
    wireId: text('wire_id'),
    wireKey: text('wire_key'),
    /** Message this one replies to: ours where known, else its wire id only. */
    quotedMessageId: text('quoted_message_id'),
    quotedWireId: text('quoted_wire_id'),
    mediaId: text('media_id'),
    /** Since when the file of a received message is on its way; null: it is there, or is not to be had. */
    mediaPendingSince: moment('media_pending_since'),
    /** Of an outbound message that was not sent through us: where it was written. */
    writtenOn: text('written_on', { enum: WRITTEN_ON }),
    /** The last reaction of each person who ever reacted, by Unix ms; the emoji is sealed, and empty if it was removed. */
    reactions: jsonb('reactions').$type<Reaction[]>().notNull().default([]),
    /** Marked on the session's account. */
    starred: boolean('starred').notNull().default(false),
    pinnedUntil: moment('pinned_until'),
    editedAt: moment('edited_at'),
    /** Deleted for everyone. */
    revokedAt: moment('revoked_at'),
    /** Deleted on the session's account alone. */
    deletedAt: moment('deleted_at'),
    /** When its person was erased: what it said and who they are is gone. */
    erasedAt: moment('erased_at'),
    error: jsonb('error').$type<{ code: string; message: string }>(),
    /** The `traceparent` of the call that sent it, if that call is traced. */
    trace: text('trace'),
    /** A queued message is not sent any more after this. */
    expiresAt: moment('expires_at'),
    createdAt: createdAt(),
    sentAt: moment('sent_at'),
    deliveredAt: moment('delivered_at'),
    readAt: moment('read_at'),
    playedAt: moment('played_at'),
    failedAt: moment('failed_at'),
    /** When it was noticed that WhatsApp took it and nobody got it. */
    stalledAt: moment('stalled_at'),
  },
  (table) => [
    uniqueIndex('messages_queue').on(table.sessionId, table.queueSeq),
    uniqueIndex('messages_wire').on(table.sessionId, table.direction, table.wireId),
    index('messages_chat').on(table.sessionId, table.chatId),
    index('messages_first_contacts')
      .on(table.sessionId, table.firstContactAt)
      .where(sql`${table.firstContactAt} is not null`),
    index('messages_workspace_created').on(table.workspaceId, table.createdAt, table.id),
    index('messages_session_created').on(table.sessionId, table.createdAt, table.id),
    index('messages_status_created').on(table.workspaceId, table.status, table.createdAt, table.id),
    // A type that is rare is not looked for in the whole log. Most messages are texts, which need no entry.
    index('messages_type_created')
      .on(table.workspaceId, table.type, table.createdAt, table.id)
      .where(sql`${table.type} <> 'text'`),
    index('messages_reference')
      .on(table.workspaceId, table.reference, table.createdAt, table.id)
      .where(sql`${table.reference} is not null`),
    index('messages_waiting')
      .on(table.sessionId, table.queueSeq)
      .where(sql`${table.status} in ('queued', 'sending')`),
    // Each send counts these.
    index('messages_waiting_alone')
      .on(table.sessionId)
      .where(sql`${table.status} in ('queued', 'sending') and ${table.bulkId} is null`),
    index('messages_bulk')
      .on(table.bulkId, table.createdAt, table.id)
      .where(sql`${table.bulkId} is not null`),
    index('messages_scheduled')
      .on(table.sendAt)
      .where(sql`${table.status} = 'queued' and ${table.queueSeq} is null`),
    index('messages_expiring')
      .on(table.expiresAt)
      .where(sql`${table.status} = 'queued'`),
    index('messages_with_content')
      .on(table.workspaceId, sql`coalesce(${table.sendAt}, ${table.createdAt})`)
      .where(sql`${table.contentExpiredAt} is null`),
    index('messages_media')
      .on(table.mediaId)
      .where(sql`${table.mediaId} is not null`),
    index('messages_media_pending')
      .on(table.mediaPendingSince)
      .where(sql`${table.mediaPendingSince} is not null`),
    index('messages_undelivered')
      .on(table.sentAt)
      .where(sql`${table.status} = 'sent' and ${table.stalledAt} is null`),
  ],
);

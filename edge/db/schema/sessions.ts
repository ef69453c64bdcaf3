import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { WhatsAppLimits } from '../../../shared/catalogue/whatsapp-limits.ts';
import { SESSION_ACTION_NAMES } from '../../../shared/session-actions.ts';
import {
  SANDBOX_PROFILES,
  SESSION_ENGINES,
  SESSION_MODES,
  SESSION_STATUSES,
} from '../../../shared/session-status.ts';
import { counter, createdAt, moment, updatedAt } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** What clients of a source system say of a session, and nothing here acts on but their webhooks. */
export type CompatSettings = {
  /** Words of the client, which its webhooks carry. */
  metadata?: Record<string, string>;
};

/** One linked number. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    mode: text('mode', { enum: SESSION_MODES }).notNull(),
    /** What holds the link with WhatsApp. */
    engine: text('engine', { enum: SESSION_ENGINES }).notNull().default('wwebjs'),
    sandboxProfile: text('sandbox_profile', { enum: SANDBOX_PROFILES }),
    status: text('status', { enum: SESSION_STATUSES }).notNull().default('created'),
    reason: text('reason').notNull().default('created'),
    /** What a person has to do; only in `action_required`. */
    action: text('action', { enum: SESSION_ACTION_NAMES }),
    /** The next try to bring the engine back, while there is one to come. */
    reconnectAttempt: integer('reconnect_attempt'),
    reconnectAt: moment('reconnect_at'),
    region: text('region'),
    phoneNumber: text('phone_number'),
    /** Another number than before, linked and waiting for the user's word. */
    newPhoneNumber: text('new_phone_number'),
    lid: text('lid'),
    displayName: text('display_name'),
    webVersion: text('web_version'),
    /** Hex key that wire ids are derived from; never changes. */
    wireKey: text('wire_key').notNull(),
    minIntervalMs: integer('min_interval_ms').notNull().default(1500),
    jitterMs: integer('jitter_ms').notNull().default(500),
    /** People whom it may write to for the first time; null: as many as it likes. */
    firstContactsPerHour: integer('first_contacts_per_hour'),
    firstContactsPerDay: integer('first_contacts_per_day'),
    /** What WhatsApp limits the number to, as its page reported it last. */
    whatsappLimits: jsonb('whatsapp_limits').$type<WhatsAppLimits>(),
    /** Whether status posts and channel posts are taken in. */
    includeStatus: boolean('include_status').notNull().default(false),
    includeChannels: boolean('include_channels').notNull().default(false),
    /** The linked device is "online" as long as it is connected. */
    alwaysOnline: boolean('always_online').notNull().default(false),
    /** Calls are rejected, and answered with this text. */
    rejectCalls: boolean('reject_calls').notNull().default(false),
    rejectCallText: text('reject_call_text'),
    /** Ids of people whose presence it reports. */
    presenceOf: text('presence_of')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** A link was dropped without WhatsApp's knowledge, so a phone may still list a device of this session. */
    mayStillBeListed: boolean('may_still_be_listed').notNull().default(false),
    /** The browser's proxy, sealed under SESSION_ENCRYPTION_KEY, and as it may be shown. */
    proxySealed: text('proxy_sealed'),
    proxyShown: text('proxy_shown'),
    compat: jsonb('compat')
      .$type<CompatSettings>()
      .notNull()
      .default(sql`'{}'`),
    /** Number of the last queued message. Raised by the send statement. */
    queueSeq: counter('queue_seq').notNull().default(0),
    createdBy: text('created_by'),
    lastActiveAt: moment('last_active_at'),
    /** The last sign of the phone itself, and when it was told that there was none for long. */
    phoneSeenAt: moment('phone_seen_at'),
    phoneUnseenAt: moment('phone_unseen_at'),
    archivedAt: moment('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('sessions_workspace_name').on(table.workspaceId, sql`lower(${table.name})`),
    index('sessions_workspace_created').on(table.workspaceId, table.createdAt),
    index('sessions_phone')
      .on(table.phoneNumber)
      .where(sql`${table.phoneNumber} is not null`),
    index('sessions_statuses')
      .on(table.mode, table.status)
      .where(sql`${table.archivedAt} is null`),
    index('sessions_live')
      .on(table.workspaceId)
      .where(sql`${table.archivedAt} is null`),
  ],
);

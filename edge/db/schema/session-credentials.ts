import { sql } from 'drizzle-orm';
import { customType, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { counter, createdAt, moment } from './columns.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** `pending` until its bundle was read back; `discarded` until its object is gone. */
export const CREDENTIAL_STATUSES = [
  'pending',
  'current',
  'previous',
  'quarantined',
  'discarded',
] as const;

/**
 * Sealed copies of sessions' credentials. The one that is `current` is the pointer: a partial index lets there be one. Rows
 * outlive their session for as long as their object does, so that the purge finds it.
 */
export const sessionCredentials = pgTable(
  'session_credentials',
  {
    /** Where the bundle is in object storage, and the row's name: `<workspace>/credentials/<session>/<uuid>`. */
    objectKey: text('object_key').primaryKey(),
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'set null' }),
    workspaceId: text('workspace_id').references(() => workspaces.id, { onDelete: 'set null' }),
    /** Counts up in a session; part of what the seal is bound to. */
    version: integer('version').notNull(),
    /** The version that was current when this one was begun; 0 = none. Only that one may be replaced by it. */
    baseVersion: integer('base_version').notNull(),
    epoch: integer('epoch').notNull(),
    status: text('status', { enum: CREDENTIAL_STATUSES }).notNull().default('pending'),
    /** Kept beside the last three: the last one before `formatVersion` rose. */
    preUpgrade: text('pre_upgrade', { enum: ['format'] }),
    /** The engine's name for what is in the bundle. */
    format: text('format').notNull(),
    /** How the bundle is sealed. */
    seal: integer('seal').notNull(),
    /** A bundle that is small enough stands here, and nothing under `object_key`. */
    inlineBytes: bytea('inline_bytes'),
    sha256: text('sha256'),
    sizeBytes: counter('size_bytes').notNull(),
    /** Of the files in it, before compression. */
    contentBytes: counter('content_bytes'),
    wrappedKey: text('wrapped_key').notNull(),
    masterKeyVersion: text('master_key_version').notNull(),
    /** Of what wrote the format, such as Chromium's major version. */
    formatVersion: integer('format_version'),
    phoneNumber: text('phone_number'),
    createdAt: createdAt(),
    quarantinedAt: moment('quarantined_at'),
  },
  (table) => [
    uniqueIndex('session_credentials_version').on(table.sessionId, table.version),
    uniqueIndex('session_credentials_current')
      .on(table.sessionId)
      .where(sql`${table.status} = 'current'`),
    index('session_credentials_to_purge')
      .on(table.createdAt)
      .where(sql`${table.status} not in ('current', 'previous')`),
  ],
);

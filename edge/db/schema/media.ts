import { sql } from 'drizzle-orm';
import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { counter, createdAt, moment } from './columns.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

/**
 * A stored file, or one that is being stored; its bytes are in object storage under `object_key`, which begins with the
 * workspace's id. The object goes first, so that none is left without a row.
 */
export const media = pgTable(
  'media',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'cascade' }),
    /** `inbound` came from WhatsApp, `outbound` from a caller. */
    direction: text('direction', { enum: ['inbound', 'outbound'] })
      .notNull()
      .default('inbound'),
    objectKey: text('object_key').notNull(),
    mimetype: text('mimetype').notNull(),
    filename: text('filename'),
    sizeBytes: counter('size_bytes').notNull(),
    sha256: text('sha256').notNull(),
    /** When it arrived: the clean-up counts from here. */
    createdAt: createdAt(),
    /** From then on it is not there for anybody, and is removed; null = until a clean-up finds it old enough. */
    expiresAt: moment('expires_at'),
  },
  (table) => [
    index('media_workspace').on(table.workspaceId, table.createdAt, table.id),
    index('media_session').on(table.sessionId, table.createdAt),
    // What counts against the tier is summed up from here alone.
    index('media_kept')
      .on(table.workspaceId, table.sizeBytes)
      .where(sql`${table.direction} = 'outbound' and ${table.expiresAt} is null`),
    // In the order in which storage lists its objects.
    index('media_object').on(sql`${table.objectKey} collate "C"`),
    index('media_expiring')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
  ],
);

/**
 * An upload that a caller makes to object storage by itself. Completing it makes a file of it, with the same id and an object of
 * its own; what was uploaded goes when the row expires, the object first.
 */
export const mediaUploads = pgTable(
  'media_uploads',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    objectKey: text('object_key').notNull(),
    /** As the caller declared them. */
    mimetype: text('mimetype'),
    filename: text('filename'),
    sizeBytes: counter('size_bytes').notNull(),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    index('media_uploads_workspace').on(table.workspaceId),
    index('media_uploads_expiring').on(table.expiresAt),
  ],
);

/** How far the comparison of storage and database has come. One row, which the first run makes. */
export const mediaReconciliation = pgTable('media_reconciliation', {
  id: text('id').primaryKey(),
  /** The last object that was looked at; empty = the next run starts over. */
  after: text('after').notNull(),
});

import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { counter, createdAt, moment } from './columns.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

/** A stored file; its bytes are in object storage under `object_key`, which begins with the workspace's id. */
export const media = pgTable(
  'media',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'cascade' }),
    objectKey: text('object_key').notNull(),
    mimetype: text('mimetype').notNull(),
    filename: text('filename'),
    sizeBytes: counter('size_bytes').notNull(),
    sha256: text('sha256').notNull(),
    createdAt: createdAt(),
    expiresAt: moment('expires_at'),
  },
  (table) => [index('media_workspace').on(table.workspaceId, table.createdAt)],
);

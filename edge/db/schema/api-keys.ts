import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { sessions } from './sessions.ts';
import { users } from './users.ts';
import { workspaces } from './workspaces.ts';

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** `test` keys reach sandbox sessions only. */
    mode: text('mode', { enum: ['live', 'test'] }).notNull(),
    /** SHA-256 of the whole key, hex. The key itself is shown once and kept nowhere. */
    sha256: text('sha256').notNull().unique(),
    scopes: text('scopes')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Pins the key to one session. */
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'cascade' }),
    isActive: boolean('is_active').notNull().default(true),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    /** The key before the last rotation, which is good until then. */
    previousSha256: text('previous_sha256'),
    previousUntil: moment('previous_until'),
    /** CIDR ranges that the key may be used from, as their network addresses; null = any. */
    allowedIps: text('allowed_ips').array(),
    /** Requests a minute; null = the product's default. */
    perMinute: integer('per_minute'),
    /** To the minute. */
    lastUsedAt: moment('last_used_at'),
    /** Id of the key or person that made it; null for the first one of a workspace. */
    createdBy: text('created_by'),
    /**
     * Whom it belongs to: the person who made it, or who made the key that did. It works while they belong to the
     * workspace, and for no more than they may do. Null for the first key of a workspace that no person made, and its own.
     */
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [index('api_keys_workspace').on(table.workspaceId)],
);

import { boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { users } from './users.ts';
import { workspaces } from './workspaces.ts';

export const MEMBER_ROLES = ['owner', 'member'] as const;

/** Who belongs to a workspace. */
export const members = pgTable(
  'members',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role', { enum: MEMBER_ROLES }).notNull(),
    /** A member reaches the sessions they created; with this, all of the workspace. Owners always do. */
    allSessions: boolean('all_sessions').notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.userId] }),
    index('members_user').on(table.userId),
  ],
);

/** An invitation that was mailed. The token is in the mail only; accepted and revoked ones leave. */
export const invitations = pgTable(
  'invitations',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    role: text('role', { enum: MEMBER_ROLES }).notNull(),
    allSessions: boolean('all_sessions').notNull().default(false),
    /** SHA-256 of the token, hex. */
    tokenSha256: text('token_sha256').notNull().unique(),
    /** Id of the user who invited; null when they are gone. */
    invitedBy: text('invited_by').references(() => users.id, { onDelete: 'set null' }),
    expiresAt: moment('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueIndex('invitations_workspace_email').on(table.workspaceId, table.email)],
);

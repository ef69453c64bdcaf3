import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, updatedAt } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** One person. What they may do in a workspace is said by `members`. */
export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** Lower case, ASCII: two spellings of one address are one person, and look-alikes are refused. */
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  /** `admin`: platform administrator. */
  role: text('role', { enum: ['user', 'admin'] })
    .notNull()
    .default('user'),
  isActive: boolean('is_active').notNull().default(true),
  /** IANA name; null = the workspace's. */
  timeZone: text('time_zone'),
  /** The workspace that they act in when their credential names none. */
  workspaceId: text('workspace_id').references(() => workspaces.id, { onDelete: 'set null' }),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

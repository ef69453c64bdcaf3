import { boolean, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { counter, createdAt, updatedAt } from './columns.ts';

/** One tenant. */
export const workspaces = pgTable('workspaces', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  tier: text('tier', { enum: ['basic', 'pro', 'max'] })
    .notNull()
    .default('basic'),
  /** Overrides the tier's number of sessions; null = the tier's. */
  maxSessions: integer('max_sessions'),
  isActive: boolean('is_active').notNull().default(true),
  defaultSessionId: text('default_session_id'),
  region: text('region'),
  /** Number of the last event. Raised inside the statement that writes the event, so that order = commit order. */
  eventSeq: counter('event_seq').notNull().default(0),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

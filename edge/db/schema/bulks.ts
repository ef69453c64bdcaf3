import { index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

export const LEFT_OUT_REASONS = [
  'invalid',
  'duplicate',
  'opted_out',
  'first_contact_limit',
] as const;

/** A recipient of a bulk who gets no message. */
export type LeftOut = {
  /** Place in the request, from 0. */
  index: number;
  to: string;
  reason: (typeof LEFT_OUT_REASONS)[number];
  message: string;
};

/** One call that made a message for each of many recipients. The messages name it. */
export const bulks = pgTable(
  'bulks',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    /** How many the call had. */
    recipients: integer('recipients').notNull(),
    leftOut: jsonb('left_out').$type<LeftOut[]>().notNull(),
    createdAt: createdAt(),
    cancelledAt: moment('cancelled_at'),
  },
  (table) => [
    index('bulks_session').on(table.sessionId),
    index('bulks_created').on(table.workspaceId, table.createdAt, table.id),
  ],
);

import { bigint, date, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { workspaces } from './workspaces.ts';

const total = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);

/**
 * Messages of a session in a day of UTC, by type: how many reached each status. Written by the statements that write the
 * statuses. Outlives its session.
 */
export const messageStats = pgTable(
  'message_stats',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    sessionId: text('session_id').notNull(),
    type: text('type').notNull(),
    received: total('received'),
    sent: total('sent'),
    delivered: total('delivered'),
    read: total('read'),
    played: total('played'),
    failed: total('failed'),
    unknown: total('unknown'),
    echoes: total('echoes'),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.day, table.sessionId, table.type] }),
    index('message_stats_day').on(table.day),
  ],
);

import { bigserial, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { sessions } from './sessions.ts';

/** Changes of state and reconnect attempts, as people read them. */
export const sessionLog = pgTable(
  'session_log',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    status: text('status').notNull(),
    reason: text('reason').notNull(),
    epoch: integer('epoch'),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [index('session_log_session').on(table.sessionId, table.at)],
);

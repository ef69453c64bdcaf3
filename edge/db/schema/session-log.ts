import { sql } from 'drizzle-orm';
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
    /** Of a try to reconnect: its number, and the pause before it. Null for a change of state. */
    attempt: integer('attempt'),
    delayMs: integer('delay_ms'),
    /** Of the report that says it, so that telling it twice is one row; null for what the edge did itself. */
    reportId: text('report_id').unique(),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [
    index('session_log_entries').on(table.sessionId, table.id),
    index('session_log_states')
      .on(table.sessionId, table.at)
      .where(sql`${table.attempt} is null`),
    index('session_log_at').on(table.at),
  ],
);

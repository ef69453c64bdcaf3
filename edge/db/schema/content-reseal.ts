import { pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** How far each table's content is sealed under the newest master key. One row a table, which the first run makes. */
export const contentReseal = pgTable('content_reseal', {
  tableName: text('table_name').primaryKey(),
  /** The version of the key that it is being sealed under. */
  keyVersion: text('key_version').notNull(),
  /** The last row that was looked at; empty = none yet. */
  after: text('after').notNull(),
  startedAt: moment('started_at').notNull().defaultNow(),
  /** When the last row had been sealed; null = not yet. */
  finishedAt: moment('finished_at'),
});

import { pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/** One row: when cron came round last, so that a clock that has stopped is noticed. */
export const cronRounds = pgTable('cron_rounds', {
  name: text('name').primaryKey(),
  startedAt: moment('started_at').notNull(),
});

import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

/**
 * What the counters of `/metrics` have reached, by hour or day. The rows that they are read from go with their session or
 * workspace; a counter must never fall. What is older than a few days is folded into one row at minus infinity.
 */
export const metricTotals = pgTable(
  'metric_totals',
  {
    name: text('name').notNull(),
    /** Value of the counter's one label; empty where it has none. */
    label: text('label').notNull(),
    /** When the hour or the day began. */
    since: moment('since').notNull(),
    value: bigint('value', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.name, table.label, table.since] })],
);

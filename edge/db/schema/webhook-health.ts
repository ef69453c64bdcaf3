import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';

/** Attempts at an endpoint in one hour, by class of latency; without those that we refused to make. Written with the attempts. */
export const webhookHealth = pgTable(
  'webhook_health',
  {
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    /** When the hour began. */
    hour: moment('hour').notNull(),
    latencyClass: integer('latency_class').notNull(),
    succeeded: integer('succeeded').notNull(),
    failed: integer('failed').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.hour, table.latencyClass] }),
    index('webhook_health_hour').on(table.hour),
  ],
);

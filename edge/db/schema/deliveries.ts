import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { counter, createdAt, moment } from './columns.ts';
import { events } from './events.ts';
import { webhookEndpoints } from './webhook-endpoints.ts';
import { workspaces } from './workspaces.ts';

/** One event to one endpoint: the outbox. Written with the event; QStash is only its clock. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    endpointId: text('endpoint_id')
      .notNull()
      .references(() => webhookEndpoints.id, { onDelete: 'cascade' }),
    eventSeq: counter('event_seq').notNull(),
    /** Name the endpoint subscribed by. */
    eventName: text('event_name').notNull(),
    status: text('status', { enum: ['pending', 'delivered', 'failed', 'cancelled'] })
      .notNull()
      .default('pending'),
    /** Attempts made so far; the next one's number is this plus one. */
    attemptNo: integer('attempt_no').notNull().default(0),
    /** Attempts made before it was last redelivered: the retry schedule begins after them. */
    attemptsBefore: integer('attempts_before').notNull().default(0),
    nextAttemptAt: moment('next_attempt_at').notNull().defaultNow(),
    /** A worker is on it until then; on the database's clock. */
    claimedUntil: moment('claimed_until'),
    /** Times it was claimed since an outcome was recorded: more than none when a worker died over it. */
    claims: integer('claims').notNull().default(0),
    lastStatusCode: integer('last_status_code'),
    lastError: text('last_error'),
    createdAt: createdAt(),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    foreignKey({
      columns: [table.workspaceId, table.eventSeq],
      foreignColumns: [events.workspaceId, events.seq],
    }).onDelete('cascade'),
    uniqueIndex('deliveries_event_endpoint').on(
      table.workspaceId,
      table.eventSeq,
      table.endpointId,
    ),
    index('deliveries_endpoint').on(table.endpointId, table.createdAt),
    index('deliveries_failed')
      .on(table.endpointId, table.createdAt, table.id)
      .where(sql`${table.status} = 'failed'`),
    index('deliveries_dead')
      .on(table.finishedAt)
      .where(sql`${table.status} = 'failed'`),
    index('deliveries_unfinished')
      .on(table.endpointId, table.eventSeq)
      .where(sql`${table.status} = 'pending'`),
    index('deliveries_due')
      .on(table.endpointId, table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
  ],
);

/** One try at one delivery, as it went. */
export const attempts = pgTable(
  'attempts',
  {
    deliveryId: text('delivery_id')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    attemptNo: integer('attempt_no').notNull(),
    startedAt: moment('started_at').notNull(),
    /** As sent, the endpoint's own with their values masked; null for an attempt of before this was kept. */
    requestHeaders: jsonb('request_headers').$type<Record<string, string>>(),
    durationMs: integer('duration_ms').notNull(),
    statusCode: integer('status_code'),
    error: text('error'),
    responseExcerpt: text('response_excerpt'),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.attemptNo] })],
);

import { sql } from 'drizzle-orm';
import { bigserial, boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { SessionMetrics } from '../../../shared/protocol/leases.ts';
import { moment } from './columns.ts';
import { sessions } from './sessions.ts';

/** Who owns a session, and since which epoch. One row per session, on the database's clock. */
export const sessionLeases = pgTable(
  'session_leases',
  {
    sessionId: text('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** Null: wanted by nobody yet. */
    runnerId: text('runner_id'),
    /** Null while assigned and not yet taken up by that runner's current boot. */
    bootId: text('boot_id'),
    /** Fencing number: raised at each change of owner or boot. */
    epoch: integer('epoch').notNull().default(0),
    leaseUntil: moment('lease_until'),
    desired: text('desired', { enum: ['running', 'stopped'] }).notNull(),
    /** The last owner that started a browser: a local profile is good only if it is this one's. */
    startedEpoch: integer('started_epoch'),
    startedRunnerId: text('started_runner_id'),
    startedBootId: text('started_boot_id'),
    /** The last epoch that ended with a copy of all it had; unless that is `started_epoch`, the newest keys are on a disk alone. */
    keptEpoch: integer('kept_epoch'),
    /** Owners in a row that died while the session came up. */
    startFailures: integer('start_failures').notNull().default(0),
    failingSince: moment('failing_since'),
    /** Nobody brings it up before; set while it is caught in a crash loop. */
    retryAt: moment('retry_at'),
    /** The last epoch whose start is settled: it came up, or its failure was counted. */
    settledEpoch: integer('settled_epoch'),
    /** What the session's processes took when the owner last measured. */
    metrics: jsonb('metrics').$type<SessionMetrics>(),
    metricsAt: moment('metrics_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('session_leases_runner').on(table.runnerId),
    index('session_leases_orphans')
      .on(table.leaseUntil)
      .where(sql`${table.desired} = 'running'`),
    index('session_leases_stopped')
      .on(table.sessionId)
      .where(sql`${table.desired} = 'stopped'`),
  ],
);

/** Every change of owner, for the history checker and for people. */
export const leaseHistory = pgTable(
  'lease_history',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    epoch: integer('epoch').notNull(),
    runnerId: text('runner_id').notNull(),
    bootId: text('boot_id').notNull(),
    cause: text('cause').notNull(),
    at: moment('at').notNull().defaultNow(),
    /** When this owner surely had no browser any more, as far as leases say; null while it owns the session. */
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('lease_history_session').on(table.sessionId, table.epoch),
    index('lease_history_at').on(table.at),
  ],
);

/** One runner process, as its last heartbeat described it. */
export const runners = pgTable('runners', {
  id: text('id').primaryKey(),
  bootId: text('boot_id').notNull(),
  /** Boots before this one, the last 20: a late heartbeat of one of them must not take the sessions back. */
  pastBoots: text('past_boots')
    .array()
    .notNull()
    .default(sql`'{}'`),
  url: text('url').notNull(),
  region: text('region').notNull(),
  maxSessions: integer('max_sessions').notNull(),
  draining: boolean('draining').notNull().default(false),
  /** Of the process that holds the sessions. */
  pid: integer('pid'),
  /** Of Waypost; null: it does not tell. */
  version: text('version'),
  heartbeatAt: moment('heartbeat_at').notNull().defaultNow(),
});

/** The one row of what is true of all runners together. */
export const fleetState = pgTable('fleet_state', {
  id: integer('id').primaryKey(),
  /** After a time without any heartbeat: until then only its last owner may take a session whose lease ran out. */
  takeoverNotBefore: moment('takeover_not_before').notNull(),
});

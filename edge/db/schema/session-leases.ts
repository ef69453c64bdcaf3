import { sql } from 'drizzle-orm';
import { bigserial, boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
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
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('session_leases_runner').on(table.runnerId),
    index('session_leases_orphans')
      .on(table.leaseUntil)
      .where(sql`${table.desired} = 'running'`),
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
  },
  (table) => [index('lease_history_session').on(table.sessionId, table.epoch)],
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
  heartbeatAt: moment('heartbeat_at').notNull().defaultNow(),
});

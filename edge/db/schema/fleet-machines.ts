import { boolean, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';

/**
 * One machine that we asked a provider for. Written before the provider is called, so that a call that dies half-way
 * leaves something to clean up by; the row goes when the machine is gone.
 */
export const fleetMachines = pgTable(
  'fleet_machines',
  {
    /** Our request's id; the machine carries it in its name and metadata. */
    id: text('id').primaryKey(),
    /** The provider's id, which is the runner's id too; null until the provider has answered. */
    machineId: text('machine_id'),
    region: text('region').notNull(),
    image: text('image').notNull(),
    /** `stopped` is kept to be started again; `gone` ends in its removal. */
    desired: text('desired', { enum: ['running', 'stopped', 'gone'] }).notNull(),
    /** Since when it is desired so. */
    desiredAt: moment('desired_at').notNull().defaultNow(),
    /** Why it was last told what it is told. */
    reason: text('reason').notNull(),
    /** What the provider said when it refused to make the machine. */
    refusal: text('refusal'),
    /** When a session was last seen on it. */
    busyAt: moment('busy_at').notNull().defaultNow(),
    /** Since when its heartbeats are missed; null while they come. */
    silentSince: moment('silent_since'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('fleet_machines_machine').on(table.machineId),
    index('fleet_machines_desired').on(table.desired),
  ],
);

/** One row: who reconciles the fleet now. A run that dies gives it up by the clock. */
export const fleetClaims = pgTable('fleet_claims', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  claimedUntil: moment('claimed_until').notNull(),
  /** Somebody came meanwhile: look once more before letting go. */
  again: boolean('again').notNull().default(false),
});

import { sql } from 'drizzle-orm';
import { check, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { workspaces } from './workspaces.ts';

export const ERASURE_STATUSES = ['pending', 'running', 'done'] as const;

/** People whom a workspace had erased. Kept as the record of it, which names them by keyed hashes alone. */
export const erasures = pgTable(
  'erasures',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ERASURE_STATUSES }).notNull().default('pending'),
    /** Of each id that the person was known by. */
    contactHashes: text('contact_hashes').array().notNull(),
    /** The ids themselves, until the work is done. */
    ids: text('ids').array(),
    /** Where the work is: its part, and the last row of it that was looked at. */
    part: text('part').notNull().default('messages'),
    after: text('after').notNull().default(''),
    /** How much was erased, by table. */
    counts: jsonb('counts').$type<Record<string, number>>().notNull().default({}),
    /** Somebody works on it until then; on the database's clock. */
    claimedUntil: moment('claimed_until'),
    /** Id of the key or person that asked for it. */
    createdBy: text('created_by'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    index('erasures_created').on(table.workspaceId, table.createdAt, table.id),
    index('erasures_unfinished')
      .on(table.createdAt)
      .where(sql`${table.status} <> 'done'`),
    check('erasures_forget_ids', sql`(${table.status} = 'done') = (${table.ids} is null)`),
  ],
);

/** Who had opted out before they were erased, by the keyed hash of each of their ids: they are still not written to. */
export const erasedOptOuts = pgTable(
  'erased_opt_outs',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    personHash: text('person_hash').notNull(),
    /** All hashes of a person have the same. */
    erasureId: text('erasure_id')
      .notNull()
      .references(() => erasures.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.personHash] }),
    index('erased_opt_outs_erasure').on(table.erasureId),
  ],
);

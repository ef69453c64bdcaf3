import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, updatedAt } from './columns.ts';
import { sessions } from './sessions.ts';
import { workspaces } from './workspaces.ts';

export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'customer', 'lost'] as const;

/** People who may become customers: each once in a workspace. */
export const leads = pgTable(
  'leads',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** Whom they wrote to, if that made them a lead. */
    sessionId: text('session_id').references(() => sessions.id, { onDelete: 'set null' }),
    /** Phone id, or LID where no phone is known. */
    personId: text('person_id').notNull(),
    lid: text('lid'),
    name: text('name'),
    status: text('status', { enum: LEAD_STATUSES }).notNull().default('new'),
    notes: text('notes'),
    source: text('source', { enum: ['api', 'inbound'] }).notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueIndex('leads_person').on(table.workspaceId, table.personId),
    index('leads_lid')
      .on(table.workspaceId, table.lid)
      .where(sql`${table.lid} is not null`),
    index('leads_created').on(table.workspaceId, table.createdAt, table.id),
  ],
);

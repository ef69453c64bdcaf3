import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** People that a workspace must not send to. */
export const optOuts = pgTable(
  'opt_outs',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** Phone id, or LID where no phone is known. */
    personId: text('person_id').notNull(),
    /** Where both are known. */
    lid: text('lid'),
    source: text('source', { enum: ['api', 'stop_word'] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('opt_outs_person').on(table.workspaceId, table.personId),
    index('opt_outs_lid')
      .on(table.workspaceId, table.lid)
      .where(sql`${table.lid} is not null`),
    index('opt_outs_created').on(table.workspaceId, table.createdAt, table.id),
  ],
);

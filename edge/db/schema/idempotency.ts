import { sql } from 'drizzle-orm';
import {
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { bulks } from './bulks.ts';
import { messages } from './messages.ts';
import { workspaces } from './workspaces.ts';

/**
 * Sends that carried an Idempotency-Key. The row is written by the statement that writes its message or bulk and leaves with it:
 * there is no key without one, so that a refused or broken-off send holds nothing back.
 */
export const idempotency = pgTable(
  'idempotency',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** operationId of the send. */
    route: text('route').notNull(),
    /** Behind what its caller is limited to, line by line: see messages/send-statement.ts. */
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the parsed request as canonical JSON, hex. */
    bodyHash: text('body_hash').notNull(),
    /** What the send made: a message, or a bulk. */
    messageId: text('message_id').references(() => messages.id, { onDelete: 'cascade' }),
    bulkId: text('bulk_id').references(() => bulks.id, { onDelete: 'cascade' }),
    /** HTTP status and outcome, where the first answer already knew them; null = it was 202. */
    answerStatus: smallint('answer_status'),
    answer: jsonb('answer'),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    // This index is the lock: of two equal sends the second waits here until the first is committed.
    primaryKey({ columns: [table.workspaceId, table.route, table.idempotencyKey] }),
    uniqueIndex('idempotency_message').on(table.messageId),
    index('idempotency_bulk')
      .on(table.bulkId)
      .where(sql`${table.bulkId} is not null`),
    check('idempotency_made_one', sql`num_nonnulls(${table.messageId}, ${table.bulkId}) = 1`),
    index('idempotency_expires').on(table.expiresAt),
  ],
);

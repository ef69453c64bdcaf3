import {
  index,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, moment } from './columns.ts';
import { messages } from './messages.ts';
import { workspaces } from './workspaces.ts';

/**
 * Sends that carried an Idempotency-Key. The row is written by the statement that writes its message and leaves with it:
 * there is no key without a message, so that a refused or broken-off send holds nothing back.
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
    messageId: text('message_id')
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
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
    index('idempotency_expires').on(table.expiresAt),
  ],
);

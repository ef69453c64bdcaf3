import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { sessions } from './sessions.ts';

/** Both ids and the names of a person, as far as a session has met them under a LID, and the one id that their chat keeps. */
export const personIds = pgTable(
  'person_ids',
  {
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    lid: text('lid').notNull(),
    /** Null until WhatsApp has told it. */
    phoneId: text('phone_id'),
    /** What the chat was called first. */
    chatId: text('chat_id').notNull(),
    username: text('username'),
    /** As WhatsApp last told it. */
    name: text('name'),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.lid] }),
    index('person_ids_phone')
      .on(table.sessionId, table.phoneId)
      .where(sql`${table.phoneId} is not null`),
  ],
);

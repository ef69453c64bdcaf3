import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { CONTENT_EVENTS, EVENT_TYPES } from '../../../shared/catalogue/events/index.ts';
import { counter, createdAt, moment } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** An index's condition holds no parameters. */
const WITH_CONTENT = sql.raw(CONTENT_EVENTS.map((type) => `'${type}'`).join(', '));

/** What happened, numbered per workspace in commit order. */
export const events = pgTable(
  'events',
  {
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    seq: counter('seq').notNull(),
    /** Deterministic for facts, so that the same fact reported twice is one row. */
    id: text('id').notNull().unique(),
    sessionId: text('session_id'),
    type: text('type', { enum: EVENT_TYPES }).notNull(),
    /** Its payload, with each word of its content sealed (values/content-seal.ts). */
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    /** When the content in its payload was erased, because the workspace keeps none for longer. */
    contentExpiredAt: moment('content_expired_at'),
    occurredAt: moment('occurred_at').notNull(),
    /** Reported by an owner that no longer was. */
    late: boolean('late').notNull().default(false),
    /** The `traceparent` of the message that it is about. */
    trace: text('trace'),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.seq] }),
    index('events_session').on(table.sessionId, table.seq),
    index('events_created').on(table.createdAt),
    index('events_with_content')
      .on(table.workspaceId, table.createdAt)
      .where(sql`${table.contentExpiredAt} is null and ${table.type} in (${WITH_CONTENT})`),
    index('events_type').on(table.workspaceId, table.type, table.seq),
    index('events_live_qr')
      .on(table.createdAt)
      .where(sql`${table.type} = 'session.qr' and ${table.data} ->> 'qr' is not null`),
    index('events_live_pairing_code')
      .on(table.createdAt)
      .where(sql`${table.type} = 'session.pairing_code' and ${table.data} ->> 'code' is not null`),
  ],
);

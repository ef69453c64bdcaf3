import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, moment, updatedAt } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** What a source system's webhook says beyond what every endpoint has. */
export type CompatWebhook = {
  system: 'waha' | 'evolution';
  /** The events that it gets, by the system's names. */
  events: string[];
  /** Which of the endpoints it is that one webhook of the system is made of, where it is more than one. */
  part?: string;
  /** The receiver was given a key to check signatures with. */
  isSigned: boolean;
  /** Each event goes to an address of its own. */
  byEvents?: boolean;
  /** A file of a message is in its event. */
  base64?: boolean;
  /** Its retries as they were asked for. */
  retries?: {
    policy: 'constant' | 'linear' | 'exponential';
    delaySeconds: number;
    attempts: number;
  };
};

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: text('id').primaryKey(),
    workspaceId: text('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** Of the key that made it: `test` ones get events of sandbox sessions only. */
    mode: text('mode', { enum: ['live', 'test'] })
      .notNull()
      .default('live'),
    url: text('url').notNull(),
    description: text('description'),
    /** `whsec_` + base64; the previous one still signs until its time. */
    secret: text('secret').notNull(),
    previousSecret: text('previous_secret'),
    previousSecretUntil: moment('previous_secret_until'),
    /** Types, wildcards (`message.*`, `*`) or aliases, as subscribed. */
    eventTypes: text('event_types').array().notNull(),
    /** Null = all sessions. */
    sessionIds: text('session_ids').array(),
    headers: jsonb('headers').$type<Record<string, string>>().notNull().default({}),
    /** Deliver in order of seq, one at a time. */
    fifo: boolean('fifo').notNull().default(false),
    /** Codes that link a phone are left in events; otherwise they are null. */
    includeCodes: boolean('include_codes').notNull().default(false),
    /** Seconds before each retry; one attempt more than there are. */
    retryDelays: integer('retry_delays')
      .array()
      .notNull()
      .default([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400]),
    /** Attempts that failed by the receiver's fault since the last success, and when the first of them was made. */
    failures: integer('failures').notNull().default(0),
    failingSince: moment('failing_since'),
    /** Attempts without an answer in time since the last success: several of them shorten the time that the next ones get. */
    timeouts: integer('timeouts').notNull().default(0),
    /** From then on one attempt gets the full time again, whatever `timeouts` says. */
    fullTimeAgainAt: moment('full_time_again_at'),
    /** Who is delivering to it now, a name of its own for each call, and until when; on the database's clock. */
    slots: jsonb('slots').$type<Record<string, string>>().notNull().default({}),
    /** A call came while all slots were taken: whoever gives one back looks again. */
    rung: boolean('rung').notNull().default(false),
    /** Of a REST hook: what makes a subscription the same one; null for any other endpoint. */
    hookKey: text('hook_key'),
    /** It gets the events of a source system, in that system's shape; null for any other endpoint. */
    compat: jsonb('compat').$type<CompatWebhook>(),
    isActive: boolean('is_active').notNull().default(true),
    disabledReason: text('disabled_reason'),
    disabledAt: moment('disabled_at'),
    /** It was switched off because of its receiver, and not everybody knows yet. */
    unannounced: boolean('unannounced').notNull().default(false),
    /** Id of the key or person that made it; null for one of before this was kept. */
    createdBy: text('created_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('webhook_endpoints_workspace').on(table.workspaceId),
    uniqueIndex('webhook_endpoints_hook').on(table.workspaceId, table.hookKey),
    index('webhook_endpoints_unannounced')
      .on(table.disabledAt)
      .where(sql`${table.unannounced}`),
  ],
);

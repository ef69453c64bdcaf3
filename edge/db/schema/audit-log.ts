import { index, jsonb, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { workspaces } from './workspaces.ts';

/** Every call of the API and every security event. Written once, never changed; never a secret or a message's text. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    /** Null for what happened outside any workspace, and when the workspace is gone. */
    workspaceId: text('workspace_id').references(() => workspaces.id, { onDelete: 'set null' }),
    kind: text('kind', { enum: ['request', 'security'] }).notNull(),
    /** operationId of the call, or the name of the security event, as `key.created`. */
    action: text('action').notNull(),
    actorType: text('actor_type', { enum: ['apiKey', 'user', 'system', 'none'] }).notNull(),
    /** Id of the key or user; kept as text, since it outlives them. */
    actorId: text('actor_id'),
    /** Id of what was acted on. */
    target: text('target'),
    method: text('method'),
    /** The route's pattern, without ids or query. */
    route: text('route'),
    status: smallint('status'),
    /** Code of the error that was answered. */
    errorCode: text('error_code'),
    requestId: text('request_id'),
    address: text('address'),
    details: jsonb('details').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (table) => [
    index('audit_log_workspace_created').on(table.workspaceId, table.createdAt, table.id),
    index('audit_log_created').on(table.createdAt),
  ],
);

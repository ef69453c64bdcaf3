import { type ColumnsSelection, type SQL, sql, type WithSubquery } from 'drizzle-orm';
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder';
import { newId } from '../../../shared/ids.ts';
import { auditActor } from './audit-actor.ts';
import type { ServiceContext } from '../../context.ts';
import {
  type AuditDetails,
  detailsOf,
  type SecurityAction,
  securityInsert,
} from './security-event.ts';

export type AuditEntry = {
  /** Id of what was acted on, or an expression over `from`. */
  target: string | SQL | null;
  /** What else is worth knowing, or a `jsonb` expression over `from`. Never a secret, nor a message's text. */
  details?: AuditDetails;
  /** CTE whose rows say that the write took place; without it the row is written whatever happens. */
  from?: string;
};

/**
 * The INSERT of a request's audit row, for a CTE of the statement that writes, or a statement of its batch. Tells the
 * request's context, so that a success sends none to the queue.
 */
export function auditInsert(ctx: ServiceContext, entry: AuditEntry): SQL {
  const { call, workspaceId, requestId } = ctx;
  const { target, details, from } = entry;
  if (call !== undefined) call.inStatement = true;
  const { actorType, actorId } = auditActor(ctx.actor);
  return sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, target, method, route, status,
      request_id, address, details)
    select ${call?.id ?? newId('audit', ctx.now())}, (select w.id from workspaces w where w.id = ${workspaceId}), 'request',
      ${call?.operationId ?? 'unknown'}, ${actorType}, ${actorId}::text, ${target}::text,
      ${call?.method ?? null}::text, ${call?.route ?? null}::text, ${call?.successStatus ?? null}::smallint,
      ${requestId}::text, ${ctx.callerAddress ?? null}::text,
      ${detailsOf(details)}::jsonb
    ${from === undefined ? sql.empty() : sql`from ${sql.identifier(from)}`}
    on conflict (id) do nothing`;
}

/** `auditInsert` as a statement of a `ctx.db.batch`, which writes it whatever the others find: for writes that throw or write. */
export const auditQuery = (ctx: ServiceContext, entry: AuditEntry) =>
  ctx.db.execute(auditInsert(ctx, entry));

export type WrittenEntry = Omit<AuditEntry, 'from'> & { event?: SecurityAction };

/**
 * A write that ends in `.returning(…)` with its audit row as one statement, for a `ctx.db.batch`; a write that touches no
 * row leaves none. `target` may be an expression over the CTE `written`. With `event` the workspace's log tells of that
 * as well, with the same target and details.
 */
export function auditedWrite<Selection extends ColumnsSelection, Row>(
  ctx: ServiceContext,
  write: TypedQueryBuilder<Selection, Row[]>,
  { event, ...entry }: WrittenEntry,
) {
  const written: WithSubquery = ctx.db.$with('written').as(write);
  const row = auditInsert(ctx, { ...entry, from: 'written' });
  const rows: WithSubquery[] = [ctx.db.$with('audited', {}).as(row)];
  if (event !== undefined) {
    const { workspaceId } = ctx;
    const told = { ...entry, action: event, workspaceId, from: sql`written` };
    rows.push(ctx.db.$with('told', {}).as(securityInsert(ctx, told)));
  }
  return ctx.db
    .with(written, ...rows)
    .select()
    .from(written);
}

/** Runs an `auditedWrite`. */
export async function writeAudited<Selection extends ColumnsSelection, Row>(
  ctx: ServiceContext,
  write: TypedQueryBuilder<Selection, Row[]>,
  entry: WrittenEntry,
): Promise<Row[]> {
  // The CTE gives back the columns that the write returns, under their names and types.
  return (await auditedWrite(ctx, write, entry)) as Row[];
}

/** For a success that turned out to write nothing: the request is recorded as a read is. */
export function notWritten({ call }: ServiceContext): void {
  if (call !== undefined) call.inStatement = false;
}

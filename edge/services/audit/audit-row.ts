import { type ColumnsSelection, is, SQL, sql, type WithSubquery } from 'drizzle-orm';
import type { TypedQueryBuilder } from 'drizzle-orm/query-builders/query-builder';
import { newId } from '../../../shared/ids.ts';
import { auditActor } from '../../audit/audit-actor.ts';
import type { ServiceContext } from '../../context.ts';

export type AuditEntry = {
  /** Id of what was acted on, or an expression over `from`. */
  target: string | SQL | null;
  /** Named for a security event only, as `key.created`; a request's own row bears its operationId. */
  action?: string;
  /** `security`: a row for the event, beside the one that every request has. */
  kind?: 'request' | 'security';
  /** What else is worth knowing, or a `jsonb` expression over `from`. Never a secret, nor a message's text. */
  details?: Readonly<Record<string, unknown>> | SQL;
  /** CTE whose rows say that the write took place; without it the row is written whatever happens. */
  from?: string;
};

/**
 * The INSERT of a request's audit row, for a CTE of the statement that writes, or a statement of its batch. Tells the
 * request's context, so that a success sends none to the queue.
 */
export function auditInsert(ctx: ServiceContext, entry: AuditEntry): SQL {
  const { call, workspaceId, requestId } = ctx;
  const { target, kind = 'request', action, details, from } = entry;
  if (call !== undefined) call.inStatement = true;
  const { actorType, actorId } = auditActor(ctx.actor);
  const named = action ?? call?.operationId ?? 'unknown';
  const own = { id: call?.id ?? newId('audit', ctx.now()), kind: 'request', action: named };
  const event = { id: newId('audit', ctx.now()), kind: 'security', action: named };
  const rows =
    kind === 'request'
      ? [own]
      : [...(call === undefined ? [] : [{ ...own, action: call.operationId }]), event];
  const values = rows.map((row) => sql`(${row.id}, ${row.kind}, ${row.action})`);
  return sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, target, method, route, status,
      request_id, address, details)
    select entry.id, (select w.id from workspaces w where w.id = ${workspaceId}), entry.kind, entry.action, ${actorType}, ${actorId}::text, ${target}::text,
      ${call?.method ?? null}::text, ${call?.route ?? null}::text, ${call?.successStatus ?? null}::smallint,
      ${requestId}::text, ${ctx.callerAddress ?? null}::text,
      ${detailsOf(details)}::jsonb
    from (values ${sql.join(values, sql`, `)}) as entry (id, kind, action)
    ${from === undefined ? sql.empty() : sql`, ${sql.identifier(from)}`}
    on conflict (id) do nothing`;
}

const detailsOf = (details: AuditEntry['details']): SQL | string | null => {
  if (details === undefined) return null;
  return is(details, SQL) ? details : JSON.stringify(details);
};

/** `auditInsert` as a statement of a `ctx.db.batch`, which writes it whatever the others find: for writes that throw or write. */
export const auditQuery = (ctx: ServiceContext, entry: AuditEntry) =>
  ctx.db.execute(auditInsert(ctx, entry));

/**
 * Runs a write that ends in `.returning(…)` with its audit row as one statement; a write that touches no row leaves none.
 * `target` may be an expression over the CTE `written`.
 */
export async function writeAudited<Selection extends ColumnsSelection, Row>(
  ctx: ServiceContext,
  write: TypedQueryBuilder<Selection, Row[]>,
  entry: Omit<AuditEntry, 'from'>,
): Promise<Row[]> {
  const written: WithSubquery = ctx.db.$with('written').as(write);
  const row = auditInsert(ctx, { ...entry, from: 'written' });
  const audited = ctx.db.$with('audited', {}).as(row);
  // The CTE gives back the columns that the write returns, under their names and types.
  return (await ctx.db.with(written, audited).select().from(written)) as Row[];
}

/** For a success that turned out to write nothing: the request is recorded as a read is. */
export function notWritten({ call }: ServiceContext): void {
  if (call !== undefined) call.inStatement = false;
}

import { type SQL, sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import { auditActor } from '../../audit/audit-actor.ts';
import type { ServiceContext } from '../../context.ts';

/**
 * A CTE's body: writes one row of the audit log for each row of `from`, whose columns the other fragments may name.
 * For the statement that changes what they tell of, beside `auditInsert`, which records the request.
 */
export function securityRows(
  ctx: ServiceContext,
  row: { action: SQL | string; workspaceId: SQL | string | null; target: SQL; details?: SQL },
  from: SQL,
): SQL {
  const { actorType, actorId } = auditActor(ctx.actor);
  // The time part of an id, then randomness of the database's: there may be several rows.
  const idStart = newId('audit', ctx.now()).slice(0, 14);
  return sql`
    insert into audit_log (id, workspace_id, kind, action, actor_type, actor_id, target, request_id, address, details)
    select ${idStart}::text || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16), ${row.workspaceId}::text,
      'security', ${row.action}::text, ${actorType}, ${actorId}::text, ${row.target}, ${ctx.requestId},
      ${ctx.callerAddress ?? null}::text, ${row.details ?? sql`null::jsonb`}
    ${from}`;
}

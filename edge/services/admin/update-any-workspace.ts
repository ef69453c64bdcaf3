import { type SQL, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { type SecurityAction, securityInsert } from '../audit/security-event.ts';
import { type SessionLimit, storeLimit, type Tier } from '../sessions/tiers.ts';
import { getAnyWorkspace } from './get-any-workspace.ts';
import {
  refuseFormerAdministrator,
  requireAdministrator,
  stillAdministrator,
} from './require-administrator.ts';
import type { AdminWorkspaceView } from './workspace-view.ts';

type Column = 'tier' | 'max_sessions' | 'is_active';

/** What is left out stays. */
export type UpdateAnyWorkspaceInput = {
  id: string;
  name?: string | undefined;
  tier?: Tier | undefined;
  /** null = the tier's. */
  maxSessions?: SessionLimit | null | undefined;
  isActive?: boolean | undefined;
};

/**
 * Changes a workspace's tier and limit, suspends it or lets it go on. A suspended workspace's keys and people are out from
 * the next request on; what is queued and what is to be delivered waits. A limit below what is used takes nothing away.
 * @throws AppError NOT_FOUND
 */
export async function updateAnyWorkspace({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: UpdateAnyWorkspaceInput;
}): Promise<AdminWorkspaceView> {
  const administrator = requireAdministrator(ctx);
  const { id, name = null, tier = null, maxSessions, isActive = null } = input;
  const limit = maxSessions == null ? null : storeLimit(maxSessions);
  // The workspace reads these rows: where its administrator sits is in the request's own row alone.
  const { actor, call, requestId } = ctx;
  const unplaced = { actor, call, requestId, callerAddress: null };
  const told = (column: Column, action: SQL | SecurityAction) =>
    securityInsert(unplaced, {
      action,
      workspaceId: sql`changed.id`,
      target: sql`changed.id`,
      details: sql`jsonb_build_object('from', before.${sql.raw(column)}, 'to', changed.${sql.raw(column)})`,
      from: sql`changed join before on before.id = changed.id
        where before.${sql.raw(column)} is distinct from changed.${sql.raw(column)}`,
    });
  const { rows } = await ctx.db.execute(sql`
    with ${stillAdministrator(administrator)},
    before as (
      select w.id, w.tier, w.max_sessions, w.is_active from me, workspaces w where w.id = ${id} for update of w
    ),
    changed as (
      update workspaces w set
        name = coalesce(${name}::text, w.name),
        tier = coalesce(${tier}::text, w.tier),
        max_sessions = case when ${maxSessions === undefined}::boolean then w.max_sessions else ${limit}::int end,
        is_active = coalesce(${isActive}::boolean, w.is_active),
        updated_at = now()
      from before where w.id = before.id
      returning w.id, w.tier, w.max_sessions, w.is_active
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'changed' })}),
    tier_told as (${told('tier', 'workspace.tier_changed')}),
    limit_told as (${told('max_sessions', 'workspace.limit_changed')}),
    active_told as (${told(
      'is_active',
      sql`case when changed.is_active then 'workspace.resumed' else 'workspace.suspended' end`,
    )})
    select id from me`);
  refuseFormerAdministrator(rows);
  return getAnyWorkspace({ ctx, input: { id } });
}

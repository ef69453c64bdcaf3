import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { userOf } from '../users/require-role.ts';
import {
  endInvitations,
  KeyRefs,
  type KeysFate,
  keysOutcome,
  type KeysOutcome,
  settledKeys,
  settleKeys,
} from './keys-of-person.ts';
import { MEMBER_REFUSALS, memberRefused } from './member-refusals.ts';
import { anotherOwner } from './member-view.ts';
import { lockWorkspace } from './workspace-view.ts';

const Outcome = z.object({
  refusal: z.enum(MEMBER_REFUSALS).nullable(),
  keys: KeyRefs,
  webhooks: z.array(z.string()),
});

/**
 * Takes a member out of the workspace, or lets one leave. Their credentials reach nothing of it from the next request on,
 * and their keys end, unless an owner takes them over: who leaves takes theirs along. So do their open invitations. Webhook
 * endpoints that they, or keys of theirs, created stay: `webhooks` names them.
 * Locked as in `updateMember`.
 * @throws AppError FORBIDDEN, NOT_FOUND, CONFLICT for the last owner
 */
export async function deleteMember({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; keys: KeysFate };
}): Promise<{ id: string; deleted: true; apiKeys: KeysOutcome; webhooks: string[] }> {
  const actor = userOf(ctx);
  const { workspaceId } = ctx;
  const { id } = input;
  const leaves = id === actor.userId;
  const fate = leaves ? 'revoke' : input.keys;
  const write = sql`
    with me as (
      select m.role from members m where m.workspace_id = ${workspaceId} and m.user_id = ${actor.userId}
    ),
    target as (
      select m.user_id, m.role from members m where m.workspace_id = ${workspaceId} and m.user_id = ${id}
    ),
    verdict as (
      select target.user_id, target.role, case
        when not ${leaves}::boolean and me.role is distinct from 'owner' then 'not_owner'
        when target.user_id is null then 'not_found'
        when target.role = 'owner' and not ${anotherOwner(workspaceId, id)} then 'last_owner'
      end as refusal
      from (select 1) as one left join me on true left join target on true
    ),
    gone as (
      delete from members m using verdict
      where verdict.refusal is null and m.workspace_id = ${workspaceId} and m.user_id = verdict.user_id
      returning m.user_id, m.role
    ),
    ${settleKeys(ctx, {
      fate,
      newUserId: actor.userId,
      which: sql`gone where k.user_id = gone.user_id`,
    })},
    ${endInvitations(ctx, sql`gone where i.invited_by = gone.user_id`)},
    left_behind as (
      select coalesce(jsonb_agg(e.id order by e.created_at, e.id), '[]') as webhooks
      from gone join webhook_endpoints e on e.workspace_id = ${workspaceId} and (
        e.created_by = gone.user_id or exists (
          select from api_keys maker where maker.id = e.created_by and maker.user_id = gone.user_id))
    ),
    undefaulted as (
      update users u set workspace_id = null, updated_at = now() from gone
      where u.id = gone.user_id and u.workspace_id = ${workspaceId}
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'gone' })}),
    told as (${securityInsert(ctx, {
      action: leaves ? 'member.left' : 'member.removed',
      workspaceId,
      target: sql`gone.user_id`,
      details: sql`jsonb_build_object('role', gone.role, 'webhooks', left_behind.webhooks)`,
      from: sql`gone cross join left_behind`,
    })})
    select verdict.refusal, ${settledKeys} as keys, left_behind.webhooks from verdict cross join left_behind`;
  const [, { rows }] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(write),
  ]);
  const { refusal, keys, webhooks } = Outcome.parse(rows[0]);
  if (refusal !== null) throw memberRefused(refusal);
  lookAtRights(ctx);
  return { id, deleted: true, apiKeys: keysOutcome(ctx, fate, keys), webhooks };
}

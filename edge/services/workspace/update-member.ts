import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ServiceContext } from '../../context.ts';
import { members, users } from '../../db/schema/index.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { OWNER_GRANTS } from '../keys/require-scope.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { createdByMember, SESSION_COLUMNS } from '../users/reach.ts';
import { requireOwner } from '../users/require-role.ts';
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
import { anotherOwner, MEMBER_COLUMNS, type MemberView, viewMember } from './member-view.ts';
import { lockWorkspace } from './workspace-view.ts';

export type UpdateMemberInput = {
  /** User id. */
  id: string;
  role?: 'owner' | 'member' | undefined;
  allSessions?: boolean | undefined;
  /** What becomes of keys of theirs that can do more than they may from now on. */
  keys: KeysFate;
};

const Outcome = z.object({ refusal: z.enum(MEMBER_REFUSALS).nullable(), keys: KeyRefs });

/**
 * Changes a member's role and reach. One transaction: the first statement locks the workspace, so that the second sees
 * what was committed while it waited; two owners who demote each other leave one. Keys of theirs that can do more than
 * they may from now on end, or another owner takes them over; sessions that such a key created stay theirs.
 * @throws AppError FORBIDDEN for whom is no owner, NOT_FOUND, CONFLICT for the last owner
 */
export async function updateMember({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: UpdateMemberInput;
}): Promise<MemberView & { apiKeys: KeysOutcome }> {
  const actor = requireOwner(ctx);
  const { workspaceId } = ctx;
  const { id, role = null, allSessions = null } = input;
  // Who takes over what they may no longer hold would keep it.
  const fate = id === actor.userId ? 'revoke' : input.keys;
  const write = sql`
    with target as (
      select m.user_id, m.role, m.all_sessions, coalesce(${role}::text, m.role) as new_role,
        coalesce(${allSessions}::boolean, m.all_sessions) as new_all_sessions
      from members m where m.workspace_id = ${workspaceId} and m.user_id = ${id}
    ),
    verdict as (
      select target.*, case
        when not ${isOwner(workspaceId, actor.userId)} then 'not_owner'
        when target.user_id is null then 'not_found'
        when target.role = 'owner' and target.new_role = 'member' and not ${anotherOwner(workspaceId, id)} then 'last_owner'
      end as refusal
      from (select 1) as one left join target on true
    ),
    changed as (
      update members m set role = verdict.new_role, all_sessions = verdict.new_all_sessions
      from verdict
      where verdict.refusal is null and m.workspace_id = ${workspaceId} and m.user_id = verdict.user_id
      returning m.user_id
    ),
    ${settleKeys(ctx, { fate, newUserId: actor.userId, which: beyondNewRole(id) })},
    ${endInvitations(
      ctx,
      sql`verdict join changed on changed.user_id = verdict.user_id
        where i.invited_by = verdict.user_id and verdict.new_role = 'member'`,
    )},
    kept_sessions as (
      update sessions s set created_by = ${id} from settled
      where ${fate === 'take_over'}::boolean and s.workspace_id = ${workspaceId} and s.created_by = settled.id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'changed' })}),
    role_told as (${securityInsert(ctx, {
      action: 'member.role_changed',
      workspaceId,
      target: sql`verdict.user_id`,
      details: sql`jsonb_build_object('from', verdict.role, 'to', verdict.new_role)`,
      from: sql`verdict join changed on changed.user_id = verdict.user_id where verdict.role <> verdict.new_role`,
    })}),
    reach_told as (${securityInsert(ctx, {
      action: 'member.reach_changed',
      workspaceId,
      target: sql`verdict.user_id`,
      details: sql`jsonb_build_object('allSessions', verdict.new_all_sessions)`,
      from: sql`verdict join changed on changed.user_id = verdict.user_id
        where verdict.all_sessions <> verdict.new_all_sessions`,
    })})
    select refusal, ${settledKeys} as keys from verdict`;
  const [, { rows }, [row]] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(write),
    ctx.db
      .select(MEMBER_COLUMNS)
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, id))),
  ]);
  const { refusal, keys } = Outcome.parse(rows[0]);
  if (refusal !== null) throw memberRefused(refusal);
  if (row === undefined) throw memberRefused('not_found');
  lookAtRights(ctx);
  return { ...viewMember(row), apiKeys: keysOutcome(ctx, fate, keys) };
}

/** Keys of the person that a member of the new role and reach could not have made. */
const beyondNewRole = (
  userId: string,
) => sql`verdict join changed on changed.user_id = verdict.user_id
  where k.user_id = verdict.user_id and verdict.new_role = 'member' and (
    k.scopes && array[${sql.join(
      OWNER_GRANTS.map((grant) => sql`${grant}`),
      sql`, `,
    )}]::text[]
    or not verdict.new_all_sessions and not exists (
      select 1 from sessions s where s.id = k.session_id and ${createdByMember(SESSION_COLUMNS, userId)}
    )
  )`;

const isOwner = (workspaceId: string, userId: string) => sql`exists (
  select 1 from members me
  where me.workspace_id = ${workspaceId} and me.user_id = ${userId} and me.role = 'owner'
)`;

import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { suspended } from '../keys/refusals.ts';
import { userOf } from '../users/require-role.ts';
import { hashInvitationToken } from './invitation-token.ts';

const Outcome = z.object({
  expired: z.boolean(),
  active: z.boolean(),
  workspace_id: z.string().nullable(),
  workspace_name: z.string(),
  role: z.enum(['owner', 'member']).nullable(),
});

/**
 * Makes the signed-in person a member of the workspace that invited their verified address. One statement: the invitation
 * leaves with it, so that of any number of calls one finds it. Who is a member already keeps the role they have.
 * It becomes the workspace they act in when they had chosen none.
 * @throws AppError NOT_FOUND for an unknown or used token, and for another person's; EXPIRED; FORBIDDEN while the workspace
 * is suspended
 */
export async function acceptInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { token: string };
}): Promise<{ workspaceId: string; name: string; role: 'owner' | 'member' }> {
  const { userId } = userOf(ctx);
  const { rows } = await ctx.db.execute(sql`
    with invitation as (
      select i.id, i.expires_at <= now() as expired, w.is_active as active, w.name as workspace_name
      from invitations i
      join workspaces w on w.id = i.workspace_id
      join users u on u.id = ${userId} and u.email = i.email and u.email_verified and u.is_active
      where i.token_sha256 = ${await hashInvitationToken(input.token)}
    ),
    taken as (
      delete from invitations i using invitation
      where i.id = invitation.id and invitation.active and not invitation.expired
      returning i.id, i.workspace_id, i.role, i.all_sessions
    ),
    joined as (
      insert into members as m (workspace_id, user_id, role, all_sessions)
      select workspace_id, ${userId}, role, all_sessions from taken
      on conflict (workspace_id, user_id) do update set role = m.role
      returning m.workspace_id, m.role
    ),
    chosen as (
      update users u set workspace_id = joined.workspace_id, updated_at = now() from joined
      where u.id = ${userId} and u.workspace_id is null
    ),
    audited as (${auditInsert(ctx, { target: sql`taken.id`, from: 'taken' })}),
    told as (${securityInsert(ctx, {
      action: 'invitation.accepted',
      workspaceId: sql`taken.workspace_id`,
      target: sql`taken.id`,
      details: sql`jsonb_build_object('role', taken.role)`,
      from: sql`taken`,
    })})
    select invitation.expired, invitation.active, invitation.workspace_name, joined.workspace_id, joined.role
    from invitation left join joined on true`);
  const outcome = Outcome.optional().parse(rows[0]);
  if (outcome === undefined) throw unknownInvitation();
  if (outcome.expired)
    throw new AppError('EXPIRED', 'This invitation has expired; ask for a new one.');
  if (!outcome.active) throw suspended();
  const { workspace_id: workspaceId, workspace_name: name, role } = outcome;
  // Another call took it at the same moment.
  if (workspaceId === null || role === null) throw unknownInvitation();
  return { workspaceId, name, role };
}

const unknownInvitation = (): AppError =>
  new AppError('NOT_FOUND', 'This link is not a valid invitation for your account.');

import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { invitations } from '../../db/schema/index.ts';
import { describeError } from '../../log/describe-error.ts';
import { invitationMail } from '../../mail/templates.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { requireOwner, type UserActor } from '../users/require-role.ts';
import { refuseLostRights, RightsLost, rightsLost } from '../users/rights-lost.ts';
import { countInvitationMail } from './count-invitation-mail.ts';
import { hashInvitationToken, newInvitationToken } from './invitation-token.ts';
import {
  INVITATION_DAYS,
  INVITATION_LIMIT,
  type InvitationView,
  viewInvitation,
} from './invitation-view.ts';
import { lockWorkspace } from './workspace-view.ts';

/** So long a link that ran out can still be told from one that never was. */
const FORGET_AFTER_DAYS = 30;

export type CreateInvitationInput = {
  /** Lower case. */
  email: string;
  role: 'owner' | 'member';
  allSessions: boolean;
};

const Outcome = z.object({
  lost: RightsLost,
  is_member: z.boolean(),
  has_room: z.boolean(),
  workspace_name: z.string(),
  inviter_name: z.string(),
});

/**
 * Invites an address, by a mail with a link that is good once. Inviting it again replaces the open invitation: the link
 * in the earlier mail is dead.
 * @throws AppError CONFLICT for a member, LIMIT_EXCEEDED, UNAVAILABLE when the mail could not be handed on
 */
export async function createInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: CreateInvitationInput;
}): Promise<InvitationView> {
  const actor = requireOwner(ctx);
  await countInvitationMail(ctx, input.email);
  const id = newId('invitation', ctx.now());
  const token = newInvitationToken();
  const { row, workspaceName, inviterName } = await write(ctx, actor, id, token, input);
  const base = ctx.env.FRONTEND_URL?.replace(/\/$/, '') ?? ctx.env.BASE_URL;
  const url = `${base}/invitations?token=${token}`;
  const mail = invitationMail({ workspaceName, inviterName, url });
  try {
    await ctx.mailer.send({ to: row.email, ...mail, idempotencyKey: id });
  } catch (error) {
    ctx.log({ event: 'mail_failed', requestId: ctx.requestId, ...describeError(error) });
    throw new AppError('UNAVAILABLE', 'The invitation could not be mailed; try again shortly.');
  }
  return viewInvitation(row);
}

/** The workspace is locked first: the limit holds between requests at once, and nobody invites who is no owner any more. */
async function write(
  ctx: ServiceContext,
  actor: UserActor,
  id: string,
  token: string,
  { email, role, allSessions }: CreateInvitationInput,
) {
  const { workspaceId } = ctx;
  const statement = sql`
    with verdict as (
      select ${rightsLost(ctx)} as lost, w.name as workspace_name, inviter.name as inviter_name,
        exists (
          select 1 from members m join users u on u.id = m.user_id
          where m.workspace_id = w.id and u.email = ${email}
        ) as is_member,
        (
          select count(*) from invitations i
          where i.workspace_id = w.id and i.expires_at > now() and i.email <> ${email}
        ) < ${INVITATION_LIMIT}::int as has_room
      from workspaces w join users inviter on inviter.id = ${actor.userId}
      where w.id = ${workspaceId}
    ),
    forgotten as (
      delete from invitations i
      where i.workspace_id = ${workspaceId} and i.email <> ${email}
        and i.expires_at < now() - make_interval(days => ${FORGET_AFTER_DAYS}::int)
    ),
    made as (
      insert into invitations (id, workspace_id, email, role, all_sessions, token_sha256, invited_by, expires_at)
      select ${id}, ${workspaceId}, ${email}, ${role}, ${allSessions}::boolean, ${await hashInvitationToken(token)},
        ${actor.userId}, now() + make_interval(days => ${INVITATION_DAYS}::int)
      from verdict where verdict.lost is null and not verdict.is_member and verdict.has_room
      on conflict (workspace_id, email) do update set
        id = excluded.id, role = excluded.role, all_sessions = excluded.all_sessions,
        token_sha256 = excluded.token_sha256, invited_by = excluded.invited_by, expires_at = excluded.expires_at,
        created_at = excluded.created_at
      returning id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'made' })}),
    told as (${securityInsert(ctx, {
      action: 'invitation.created',
      workspaceId,
      target: sql`made.id`,
      details: sql`jsonb_build_object('email', ${email}::text, 'role', ${role}::text)`,
      from: sql`made`,
    })})
    select lost, is_member, has_room, workspace_name, inviter_name from verdict`;
  const [, { rows }, [row]] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(statement),
    ctx.db
      .select()
      .from(invitations)
      .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.id, id))),
  ]);
  const outcome = Outcome.parse(rows[0]);
  refuseLostRights(outcome.lost);
  if (outcome.is_member)
    throw new AppError('CONFLICT', 'This person is already a member.', { field: 'email' });
  if (!outcome.has_room)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `A workspace can have ${INVITATION_LIMIT} open invitations; revoke one first.`,
      { limit: INVITATION_LIMIT },
    );
  if (row === undefined) throw new Error('the insert returned no row');
  return { row, workspaceName: outcome.workspace_name, inviterName: outcome.inviter_name };
}

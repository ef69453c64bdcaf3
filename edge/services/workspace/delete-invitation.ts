import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { requireOwner } from '../users/require-role.ts';
import { refuseLostRights, RightsLost, rightsLost } from '../users/rights-lost.ts';
import { lockWorkspace } from './workspace-view.ts';

const Outcome = z.object({ lost: RightsLost, id: z.string().nullable() });

/**
 * Revokes an invitation: its link is dead at once.
 * @throws AppError NOT_FOUND, also for one that was accepted
 */
export async function deleteInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  requireOwner(ctx);
  const { workspaceId } = ctx;
  const { id } = input;
  const write = sql`
    with verdict as (select ${rightsLost(ctx)} as lost),
    gone as (
      delete from invitations i using verdict
      where verdict.lost is null and i.id = ${id} and i.workspace_id = ${workspaceId}
      returning i.id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'gone' })}),
    told as (${securityInsert(ctx, { action: 'invitation.revoked', workspaceId, target: sql`gone.id`, from: sql`gone` })})
    select verdict.lost, gone.id from verdict left join gone on true`;
  const [, { rows }] = await ctx.db.batch([
    ctx.db.execute(lockWorkspace(ctx)),
    ctx.db.execute(write),
  ]);
  const { lost, id: revoked } = Outcome.parse(rows[0]);
  refuseLostRights(lost);
  if (revoked === null) throw new AppError('NOT_FOUND', 'No such invitation in this workspace.');
  return { id, deleted: true };
}

import { sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { securityInsert } from '../audit/security-event.ts';
import { requireOwner } from '../users/require-role.ts';

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
  const { rows } = await ctx.db.execute(sql`
    with gone as (
      delete from invitations i where i.id = ${id} and i.workspace_id = ${workspaceId} returning i.id
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'gone' })}),
    told as (${securityInsert(ctx, { action: 'invitation.revoked', workspaceId, target: sql`gone.id`, from: sql`gone` })})
    select id from gone`);
  if (rows.length === 0) throw new AppError('NOT_FOUND', 'No such invitation in this workspace.');
  return { id, deleted: true };
}

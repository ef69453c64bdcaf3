import { and, desc, eq, gt, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { invitations } from '../../db/schema/index.ts';
import { requireOwner } from '../users/require-role.ts';
import { INVITATION_LIMIT, type InvitationView, viewInvitation } from './invitation-view.ts';

/** All open invitations, newest first: there are few. */
export async function listInvitations({ ctx }: { ctx: ServiceContext }): Promise<InvitationView[]> {
  requireOwner(ctx);
  const rows = await ctx.db
    .select()
    .from(invitations)
    .where(and(eq(invitations.workspaceId, ctx.workspaceId), gt(invitations.expiresAt, sql`now()`)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(INVITATION_LIMIT);
  return rows.map(viewInvitation);
}

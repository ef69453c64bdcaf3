import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { requireManager } from '../users/require-role.ts';
import { LEAD_COLUMNS, leadById, leadNotFound, type LeadView, viewLead } from './lead-view.ts';

/** @throws AppError NOT_FOUND; FORBIDDEN for a member, and for a key that is pinned or a test key */
export async function getLead({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<LeadView> {
  requireManager(ctx);
  const [row] = await ctx.db.select(LEAD_COLUMNS).from(leads).where(leadById(ctx, input.id));
  if (row === undefined) throw leadNotFound();
  return viewLead(ctx, row);
}

import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import { leadById, leadNotFound } from './lead-view.ts';

/** @throws AppError NOT_FOUND; FORBIDDEN for a member, and for a key that is pinned or a test key */
export async function deleteLead({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  requireManager(ctx);
  const write = ctx.db.delete(leads).where(leadById(ctx, input.id)).returning({ id: leads.id });
  const [row] = await writeAudited(ctx, write, { target: input.id });
  if (row === undefined) throw leadNotFound();
  return { id: row.id, deleted: true };
}

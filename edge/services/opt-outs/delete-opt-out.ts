import { and, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { optOuts } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import { optOutNotFound } from './opt-out-view.ts';

/**
 * Takes somebody off the list: they may be sent to again.
 * @throws AppError NOT_FOUND; FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function deleteOptOut({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  requireManager(ctx);
  const write = ctx.db
    .delete(optOuts)
    .where(and(eq(optOuts.workspaceId, ctx.workspaceId), eq(optOuts.id, input.id)))
    .returning({ id: optOuts.id });
  const [row] = await writeAudited(ctx, write, { target: input.id });
  if (row === undefined) throw optOutNotFound();
  return { id: row.id, deleted: true };
}

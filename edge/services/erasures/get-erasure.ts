import { and, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { erasures } from '../../db/schema/index.ts';
import { requireManager } from '../users/require-role.ts';
import { ERASURE_COLUMNS, erasureNotFound, type ErasureView, viewErasure } from './erasure-view.ts';

/** @throws AppError NOT_FOUND; FORBIDDEN for a member, and for a key that is pinned or a test key */
export async function getErasure({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<ErasureView> {
  requireManager(ctx);
  const [row] = await ctx.db
    .select(ERASURE_COLUMNS)
    .from(erasures)
    .where(and(eq(erasures.workspaceId, ctx.workspaceId), eq(erasures.id, input.id)));
  if (row === undefined) throw erasureNotFound();
  return viewErasure(row);
}

import { and, desc, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { optOuts } from '../../db/schema/index.ts';
import { requireManager } from '../users/require-role.ts';
import { OPT_OUT_COLUMNS, type OptOutView, viewOptOut } from './opt-out-view.ts';

/**
 * Who has opted out, the newest first.
 * @throws AppError FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function listOptOuts({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { cursor: Cursor | null; limit: number };
}): Promise<{ optOuts: OptOutView[]; nextCursor: string | null }> {
  requireManager(ctx);
  const { cursor, limit } = input;
  const rows = await ctx.db
    .select(OPT_OUT_COLUMNS)
    .from(optOuts)
    .where(
      and(
        eq(optOuts.workspaceId, ctx.workspaceId),
        beforeCursor(cursor, { at: optOuts.createdAt, id: optOuts.id }),
      ),
    )
    .orderBy(desc(optOuts.createdAt), desc(optOuts.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt: at, id }) => ({ at, id }));
  return { optOuts: page.map(viewOptOut), nextCursor };
}

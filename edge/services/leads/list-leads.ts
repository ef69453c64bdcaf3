import { and, desc, eq } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { beforeCursor, type Cursor, cutPage } from '../../db/cursor.ts';
import { leads } from '../../db/schema/index.ts';
import { requireManager } from '../users/require-role.ts';
import type { LeadStatus } from './create-lead.ts';
import { LEAD_COLUMNS, type LeadView, viewLead } from './lead-view.ts';

/**
 * Leads, the newest first.
 * @throws AppError FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function listLeads({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { status: LeadStatus | null; cursor: Cursor | null; limit: number };
}): Promise<{ leads: LeadView[]; nextCursor: string | null }> {
  requireManager(ctx);
  const { status, cursor, limit } = input;
  const rows = await ctx.db
    .select(LEAD_COLUMNS)
    .from(leads)
    .where(
      and(
        eq(leads.workspaceId, ctx.workspaceId),
        status === null ? undefined : eq(leads.status, status),
        beforeCursor(cursor, { at: leads.createdAt, id: leads.id }),
      ),
    )
    .orderBy(desc(leads.createdAt), desc(leads.id))
    .limit(limit + 1);
  const { page, nextCursor } = cutPage(rows, limit, ({ createdAt: at, id }) => ({ at, id }));
  return { leads: page.map((row) => viewLead(ctx, row)), nextCursor };
}

import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import type { LeadStatus } from './create-lead.ts';
import { LEAD_COLUMNS, leadById, leadNotFound, type LeadView, viewLead } from './lead-view.ts';

/**
 * Changes what is known of a lead; what is left out stays.
 * @throws AppError NOT_FOUND; FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function updateLead({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    id: string;
    name?: string | null | undefined;
    status?: LeadStatus | undefined;
    notes?: string | null | undefined;
  };
}): Promise<LeadView> {
  requireManager(ctx);
  const { id, ...fields } = input;
  const write = ctx.db
    .update(leads)
    .set({
      ...fields,
      notes: ctx.contentSeal.seal(ctx.workspaceId, fields.notes),
      updatedAt: sql`now()`,
    })
    .where(leadById(ctx, id))
    .returning(LEAD_COLUMNS);
  const [row] = await writeAudited(ctx, write, { target: id });
  if (row === undefined) throw leadNotFound();
  return viewLead(ctx, row);
}

import { and, eq, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { notWritten, writeAudited } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';
import { type LeadView, viewLead } from './lead-view.ts';

export type LeadStatus = (typeof leads.$inferSelect)['status'];

/**
 * Adds a lead.
 * @throws AppError CONFLICT with `details.id` for somebody who is one already; FORBIDDEN for a member, and for a key that is
 *   pinned or a test key
 */
export async function createLead({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { person: Addressee; name: string | null; status: LeadStatus; notes: string | null };
}): Promise<LeadView> {
  requireManager(ctx);
  const { person, ...fields } = input;
  const { workspaceId } = ctx;
  const personId = await readChat(ctx, 'person', person);
  const lid = personId.endsWith('@lid') ? personId : null;
  const id = newId('lead', ctx.now());
  const write = ctx.db
    .insert(leads)
    .values({ id, workspaceId, personId, lid, source: 'api', ...fields })
    .onConflictDoNothing()
    .returning();
  const [row] = await writeAudited(ctx, write, { target: sql`written.id` });
  if (row !== undefined) return viewLead(row);
  notWritten(ctx);
  const [known] = await ctx.db
    .select({ id: leads.id })
    .from(leads)
    .where(and(eq(leads.workspaceId, workspaceId), eq(leads.personId, personId)));
  throw new AppError('CONFLICT', 'This person is a lead already.', { id: known?.id ?? null });
}

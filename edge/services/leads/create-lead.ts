import { and, eq, or, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { leads } from '../../db/schema/index.ts';
import { notWritten, writeAudited } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import { otherForm } from '../reports/writes/person-ids.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';
import { LEAD_COLUMNS, type LeadView, viewLead } from './lead-view.ts';

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
  const notes = ctx.contentSeal.seal(workspaceId, input.notes);
  const personId = await readChat(ctx, 'person', person);
  const lid = personId.endsWith('@lid') ? personId : null;
  const id = newId('lead', ctx.now());
  await refuseKnown(ctx, personId);
  const write = ctx.db
    .insert(leads)
    .values({ id, workspaceId, personId, lid, source: 'api', ...fields, notes })
    .onConflictDoNothing()
    .returning(LEAD_COLUMNS);
  const [row] = await writeAudited(ctx, write, { target: sql`written.id` });
  if (row !== undefined) return viewLead(ctx, row);
  notWritten(ctx);
  await refuseKnown(ctx, personId);
  throw new AppError('CONFLICT', 'This person is a lead already.', { id: null });
}

/** Under whichever of their ids a session has met them. */
async function refuseKnown({ db, workspaceId }: ServiceContext, personId: string): Promise<void> {
  const met = sql`select known.lid, known.phone_id from person_ids known join sessions s on s.id = known.session_id
    where s.workspace_id = ${workspaceId} and (known.lid = ${personId} or known.phone_id = ${personId})`;
  const ids = sql`array(
    select unnest(array[${personId}::text, ${otherForm(sql`${personId}::text`)}])
    union select unnest(array[met.lid, met.phone_id]) from (${met}) met
  )`;
  const [known] = await db
    .select({ id: leads.id })
    .from(leads)
    .where(
      and(
        eq(leads.workspaceId, workspaceId),
        or(sql`${leads.personId} = any(${ids})`, sql`${leads.lid} = any(${ids})`),
      ),
    )
    .limit(1);
  if (known !== undefined)
    throw new AppError('CONFLICT', 'This person is a lead already.', { id: known.id });
}

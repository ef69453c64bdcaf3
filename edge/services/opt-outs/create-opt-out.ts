import { sql } from 'drizzle-orm';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { optOuts } from '../../db/schema/index.ts';
import { writeAudited } from '../audit/audit-row.ts';
import { failMessagesToOptedOut } from '../messages/fail-messages-to-opted-out.ts';
import { requireManager } from '../users/require-role.ts';
import { type Addressee, readChat } from '../workspace/local-numbers.ts';
import { OPT_OUT_COLUMNS, type OptOutView, viewOptOut } from './opt-out-view.ts';

/**
 * Puts somebody on the list: nothing is sent to them from then on, and what is queued for them fails. Somebody who is on it
 * already stays as they are.
 * @throws AppError FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function createOptOut({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { person: Addressee };
}): Promise<OptOutView> {
  requireManager(ctx);
  const personId = await readChat(ctx, 'person', input.person);
  const write = ctx.db
    .insert(optOuts)
    .values({
      id: newId('optOut', ctx.now()),
      workspaceId: ctx.workspaceId,
      personId,
      lid: personId.endsWith('@lid') ? personId : null,
      source: 'api',
    })
    .onConflictDoUpdate({
      target: [optOuts.workspaceId, optOuts.personId],
      set: { personId: sql`excluded.person_id` },
    })
    .returning(OPT_OUT_COLUMNS);
  const [row] = await writeAudited(ctx, write, { target: sql`written.id` });
  if (row === undefined) throw new Error('an insert that updates on conflict returned no row');
  await failMessagesToOptedOut(ctx, ctx.workspaceId);
  return viewOptOut(row);
}

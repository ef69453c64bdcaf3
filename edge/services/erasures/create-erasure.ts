import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { auditActor } from '../audit/audit-actor.ts';
import { auditInsert, notWritten } from '../audit/audit-row.ts';
import { requireManager } from '../users/require-role.ts';
import { contactHashes } from './contact-hash.ts';
import type { ErasureView } from './erasure-view.ts';
import { getErasure } from './get-erasure.ts';
import { type Contact, idsOfContact } from './ids-of-contact.ts';
import { runErasures } from './run-erasures.ts';

const Row = z.object({ id: z.string(), made: z.boolean() });

/**
 * Has a person erased from the workspace. The work begins at once, and the cron job takes up what is left of it. While it is
 * under way, asking again gives the same erasure.
 * @throws AppError NOT_FOUND for a username that nobody has; FORBIDDEN for a member, and for a key that is pinned or a test key
 */
export async function createErasure({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { contact: Contact };
}): Promise<ErasureView> {
  requireManager(ctx);
  const { db, workspaceId } = ctx;
  const ids = await idsOfContact(ctx, input.contact);
  const [, { rows }] = await db.batch([
    db.execute(lockWorkspaces([workspaceId])),
    db.execute(makeOrFind(ctx, ids)),
  ]);
  const [{ id, made }] = z.tuple([Row]).parse(rows);
  if (made) ctx.waitUntil(runErasures(ctx));
  else notWritten(ctx);
  return getErasure({ ctx, input: { id } });
}

function makeOrFind(ctx: ServiceContext, ids: readonly string[]): SQL {
  const { workspaceId, env, actor } = ctx;
  const known = sql`${sql.param(ids)}::text[]`;
  return sql`
    with given as (select ${contactHashes(env, sql`${workspaceId}::text`, known)} as hashes),
    running as (
      select e.id from erasures e, given
      where e.workspace_id = ${workspaceId} and e.status <> 'done' and e.contact_hashes && given.hashes
      order by e.created_at limit 1
    ),
    made as (
      insert into erasures (id, workspace_id, contact_hashes, ids, created_by)
      select ${newId('erasure', ctx.now())}, ${workspaceId}, given.hashes, ${known}, ${auditActor(actor).actorId}::text
      from given where not exists (select from running)
      returning id
    ),
    audited as (${auditInsert(ctx, { target: sql`made.id`, from: 'made' })})
    select id, true as made from made union all select id, false from running`;
}

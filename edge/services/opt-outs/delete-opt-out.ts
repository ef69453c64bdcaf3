import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { optOuts } from '../../db/schema/index.ts';
import { auditedWrite, notWritten } from '../audit/audit-row.ts';
import { contactHashes } from '../erasures/contact-hash.ts';
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
  const [, rows] = await ctx.db.batch([
    ctx.db.execute(liftErased(ctx, input.id)),
    auditedWrite(ctx, write, { target: input.id }),
  ]);
  if (rows.length === 0) {
    notWritten(ctx);
    throw optOutNotFound();
  }
  return { id: input.id, deleted: true };
}

/** Forgets, too, that they had opted out before they were erased, under whichever of their ids. */
function liftErased({ workspaceId, env }: ServiceContext, id: string): SQL {
  const ids = sql`array_remove(array[o.person_id, o.lid], null)`;
  return sql`
    delete from erased_opt_outs where workspace_id = ${workspaceId} and erasure_id in (
      select erased.erasure_id from opt_outs o join erased_opt_outs erased on erased.workspace_id = o.workspace_id
        and erased.person_hash = any(${contactHashes(env, sql`o.workspace_id`, ids)})
      where o.workspace_id = ${workspaceId} and o.id = ${id}
    )`;
}

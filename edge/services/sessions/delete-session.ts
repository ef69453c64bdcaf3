import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { findSession, ownerOf, wakeRunner } from './internal.ts';

/**
 * Deletes a session with its messages, media rows and lease. Its owner learns at its next heartbeat, which it is asked for
 * at once.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function deleteSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ id: string; deleted: true }> {
  const row = await findSession(ctx, input.id, { archived: true });
  const { id } = row.session;
  const remove = sql`
    with gone as (
      delete from sessions where id = ${id} and workspace_id = ${ctx.workspaceId} returning id
    ),
    audited as (${auditInsert(ctx, { target: id })})
    update workspaces set default_session_id = null from gone
    where workspaces.id = ${ctx.workspaceId} and default_session_id = gone.id`;
  // The workspace first, as whoever writes events takes it: the other way round the two could deadlock.
  await ctx.db.batch([ctx.db.execute(lockWorkspaces([ctx.workspaceId])), ctx.db.execute(remove)]);
  const owner = ownerOf(row);
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  return { id, deleted: true };
}

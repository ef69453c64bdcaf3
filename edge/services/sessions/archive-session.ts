import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { stopLease } from '../ownership/internal.ts';
import { findSession, ownerOf, wakeRunner } from './internal.ts';
import { publishStopped, stopUnowned } from './stop-unowned.ts';
import { type SessionView, viewSession } from './session-view.ts';

/**
 * Stops a session and puts it away: it is in no list but the archive's, counts in no tier, takes no sends, and keeps its
 * link and its messages. Archiving one that is archived changes nothing.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function archiveSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  const row = await findSession(ctx, input.id, { archived: true });
  const { id } = row.session;
  const owner = ownerOf(row);
  const [, , written] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(stopLease(id)),
    ctx.db.execute(stopUnowned({ sessionId: id, reason: 'archived', now: ctx.now() })),
    ctx.db.execute(sql`
      with put_away as (
        update sessions set archived_at = now(), updated_at = now()
        where id = ${id} and workspace_id = ${ctx.workspaceId} and archived_at is null
        returning id
      )
      update workspaces set default_session_id = null from put_away
      where workspaces.id = ${ctx.workspaceId} and default_session_id = put_away.id`),
    auditQuery(ctx, { target: id }),
  ]);
  publishStopped(ctx, written);
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  return viewSession(ctx, await findSession(ctx, id, { archived: true }));
}

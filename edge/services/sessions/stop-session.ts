import type { ServiceContext } from '../../context.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { stopLease } from '../ownership/internal.ts';
import { findSession, ownerOf, wakeRunner } from './internal.ts';
import { publishStopped, stopUnowned } from './stop-unowned.ts';
import { type SessionView, viewSession } from './session-view.ts';

/**
 * Wants a session stopped. Its owner closes the browser and reports `disconnected`; one that nobody owns is disconnected
 * at once. The link with the phone stays.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function stopSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const owner = ownerOf(row);
  const [, , written] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(stopLease(id)),
    ctx.db.execute(stopUnowned({ sessionId: id, reason: 'stop_requested', now: ctx.now() })),
    auditQuery(ctx, { target: id }),
  ]);
  publishStopped(ctx, written);
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  return viewSession(ctx, await findSession(ctx, id));
}

import type { ServiceContext } from '../../context.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { findSession, isHeld, isNotHeldThere, ownerOf } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { startSession } from './start-session.ts';

/**
 * Gives a session another browser, once the send in flight has ended; the link stays. One that does not run is started.
 * @throws AppError SESSION_NOT_FOUND; UNAVAILABLE when the owner is out of reach
 */
export async function restartSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  const row = await findSession(ctx, input.id);
  const owner = ownerOf(row);
  if (owner === null || !isHeld(row)) return startSession({ ctx, input });
  try {
    await ctx.runners.command(owner, 'restart', {});
  } catch (error) {
    if (isNotHeldThere(error)) return startSession({ ctx, input });
    throw error;
  }
  await auditQuery(ctx, { target: row.session.id });
  return viewSession(ctx, await findSession(ctx, row.session.id));
}

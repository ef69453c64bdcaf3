import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { findSession, ownerOf, requireStarted, type SessionRow } from './internal.ts';

const POLL_MS = 500;

/** @throws AppError CONFLICT for a session that is linked: there is nothing to scan or type */
function requireUnlinked({ session }: SessionRow): void {
  const { status } = session;
  if (status === 'online' || status === 'reconnecting')
    throw new AppError('CONFLICT', 'The session is linked: there is no code to scan or type.', {
      status,
    });
}

/**
 * The session's owner, waiting for one until `deadline` (Unix ms): a session that has just been created or started is
 * without until a runner's next heartbeat.
 * @throws AppError SESSION_NOT_FOUND; SESSION_NOT_READY for a stopped session; CONFLICT as soon as the session is linked
 */
export async function waitForOwner(
  ctx: ServiceContext,
  id: string,
  deadline: number,
): Promise<{ row: SessionRow; owner: SessionAddress | null }> {
  for (;;) {
    const row = await findSession(ctx, id);
    requireStarted(row);
    requireUnlinked(row);
    const owner = ownerOf(row);
    const waiting = ctx.now() + POLL_MS <= deadline;
    if (owner !== null || !waiting) return { row, owner };
    await scheduler.wait(POLL_MS);
  }
}

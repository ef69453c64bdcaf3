import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { findSession, ownerOf, type SessionRow } from './internal.ts';

const POLL_MS = 500;

/** @throws AppError CONFLICT for a session that is linked: there is nothing to scan or type */
export function requireUnlinked({ session }: SessionRow): void {
  const { status } = session;
  if (status === 'online' || status === 'reconnecting')
    throw new AppError('CONFLICT', 'The session is linked: there is no code to scan or type.', {
      status,
    });
}

/**
 * The session's owner, waiting for one until `deadline` (Unix ms): a session that has just been created or started is
 * without until a runner's next heartbeat.
 * @throws AppError SESSION_NOT_FOUND, CONFLICT as soon as the session is linked
 */
export async function waitForOwner(
  ctx: ServiceContext,
  id: string,
  deadline: number,
): Promise<{ row: SessionRow; owner: SessionAddress | null }> {
  for (;;) {
    const row = await findSession(ctx, id);
    requireUnlinked(row);
    const owner = ownerOf(row);
    const waiting = row.lease?.desired === 'running' && ctx.now() + POLL_MS <= deadline;
    if (owner !== null || !waiting) return { row, owner };
    await scheduler.wait(POLL_MS);
  }
}

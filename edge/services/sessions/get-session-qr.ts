import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import type { SessionAddress } from '../../runners/port.ts';
import { requireScope } from '../keys/require-scope.ts';
import { findSession, ownerOf, type SessionRow } from './internal.ts';

const POLL_MS = 500;
/** How much longer the call to the runner may take than the runner itself waits. */
const MARGIN_MS = 3_000;

export type SessionQr = { sessionId: string; sessionName: string; qr: string; expiresAt: string };

/**
 * The code that the session shows now, from its owner; waits for the owner and for the first code.
 * @throws AppError SESSION_NOT_FOUND; CONFLICT when the session is linked already; SESSION_NOT_READY when there was no
 *   code in time; UNAVAILABLE when the owner is out of reach
 */
export async function getSessionQr({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; waitMs: number };
}): Promise<SessionQr> {
  requireScope(ctx, 'sessions:write');
  const deadline = ctx.now() + input.waitMs;
  const { row, owner } = await waitForOwner(ctx, input.id, deadline);
  const { session } = row;
  if (owner === null) throw noCode(session.status);
  const waitMs = Math.max(0, deadline - ctx.now());
  const timeoutMs = waitMs + MARGIN_MS;
  const code = await ctx.runners.command(owner, 'qr', { waitMs }, { timeoutMs });
  if (code === null) throw noCode(session.status);
  const { qr, expiresAt } = code;
  return {
    sessionId: session.id,
    sessionName: session.name,
    qr,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** A session that has just been created or started is without an owner until a runner's next heartbeat. */
async function waitForOwner(
  ctx: ServiceContext,
  id: string,
  deadline: number,
): Promise<{ row: SessionRow; owner: SessionAddress | null }> {
  for (;;) {
    const row = await findSession(ctx, id);
    const { status } = row.session;
    if (status === 'online' || status === 'reconnecting')
      throw new AppError('CONFLICT', 'The session is linked: there is no code to scan.', {
        status,
      });
    const owner = ownerOf(row);
    const waiting = row.lease?.desired === 'running' && ctx.now() + POLL_MS <= deadline;
    if (owner !== null || !waiting) return { row, owner };
    await scheduler.wait(POLL_MS);
  }
}

const noCode = (status: string): AppError =>
  new AppError('SESSION_NOT_READY', 'The session shows no QR code now; try again shortly.', {
    status,
  });

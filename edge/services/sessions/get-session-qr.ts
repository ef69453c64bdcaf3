import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { noRunnerYet } from './internal.ts';
import { waitForOwner } from './wait-for-owner.ts';

export type SessionQr = { sessionId: string; sessionName: string; qr: string; expiresAt: string };

/**
 * The code that the session shows now, from its owner; waits for the owner and for the first code.
 * @throws AppError SESSION_NOT_FOUND; CONFLICT when the session is linked already; SESSION_NOT_READY when it is
 *   stopped or showed no code in time; UNAVAILABLE when the owner is out of reach
 */
export async function getSessionQr({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; waitMs: number };
}): Promise<SessionQr> {
  const deadline = ctx.now() + input.waitMs;
  const { row, owner } = await waitForOwner(ctx, input.id, deadline);
  const { session } = row;
  if (owner === null) throw noRunnerYet(row);
  const waitMs = Math.max(0, deadline - ctx.now());
  const code = await ctx.runners.command(owner, 'qr', { waitMs });
  if (code === null) throw noCode(session.status);
  const { qr, expiresAt } = code;
  return {
    sessionId: session.id,
    sessionName: session.name,
    qr,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

const noCode = (status: string): AppError =>
  new AppError(
    'SESSION_NOT_READY',
    'The session has no QR code at the moment; try again shortly.',
    {
      status,
    },
  );

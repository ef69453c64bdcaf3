import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { requireScope } from '../keys/require-scope.ts';
import { findSession, ownerOf } from './internal.ts';

/**
 * A PNG of the session's page as it is now. It can show a QR code and chats, so that it needs the right to write.
 * @throws AppError SESSION_NOT_FOUND; SESSION_NOT_READY without an owner; UNAVAILABLE when the owner is out of reach
 */
export async function getSessionScreenshot({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<Uint8Array> {
  requireScope(ctx, 'sessions:write');
  const row = await findSession(ctx, input.id);
  const owner = ownerOf(row);
  if (owner === null)
    throw new AppError('SESSION_NOT_READY', 'The session is not running.', {
      status: row.session.status,
    });
  const { pngBase64 } = await ctx.runners.command(owner, 'screenshot', {});
  return Uint8Array.from(atob(pngBase64), (char) => char.charCodeAt(0));
}

import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import { findSession, isHeld, isNotHeldThere, ownerOf } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';
import { startSession } from './start-session.ts';

/**
 * Tries now what would be tried later; does nothing to a session that is online, and starts one that does not run.
 * `acceptNumber` says that the phone's new number is right: a session that waits in `number_changed` goes on with it.
 * @throws AppError SESSION_NOT_FOUND; UNAVAILABLE when the owner is out of reach
 */
export async function reconnectSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; acceptNumber: boolean };
}): Promise<SessionView> {
  requireScope(ctx, 'sessions:write');
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const { acceptNumber } = input;
  if (acceptNumber)
    await ctx.db.execute(sql`
      update sessions set phone_number = new_phone_number, new_phone_number = null, updated_at = now()
      where id = ${id} and workspace_id = ${ctx.workspaceId} and new_phone_number is not null`);
  const owner = ownerOf(row);
  if (owner === null || !isHeld(row)) return startSession({ ctx, input });
  try {
    await ctx.runners.command(owner, 'reconnect', { acceptNumber });
  } catch (error) {
    if (isNotHeldThere(error)) return startSession({ ctx, input });
    throw error;
  }
  await auditQuery(ctx, { target: id });
  return viewSession(await findSession(ctx, id));
}

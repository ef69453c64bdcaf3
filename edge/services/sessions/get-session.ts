import type { ServiceContext } from '../../context.ts';
import { findSession } from './internal.ts';
import { readLimits, type SessionLimits } from './session-limits.ts';
import { type SessionView, viewSession } from './session-view.ts';

/** @throws AppError SESSION_NOT_FOUND, also for another workspace's session */
export async function getSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView & { limits: SessionLimits }> {
  const row = await findSession(ctx, input.id);
  return { ...viewSession(ctx, row), limits: await readLimits(ctx, row) };
}

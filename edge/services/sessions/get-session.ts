import type { ServiceContext } from '../../context.ts';
import { findSession } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';

/** @throws AppError SESSION_NOT_FOUND, also for another workspace's session */
export async function getSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  return viewSession(await findSession(ctx, input.id));
}

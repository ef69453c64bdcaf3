import { showAction } from '../../../shared/session-actions.ts';
import type { ServiceContext } from '../../context.ts';
import { isoOrNull } from '../../db/moment.ts';
import { findSession } from './internal.ts';
import { shownStatus } from './session-view.ts';

/**
 * @param input.id null: the session that the key is pinned to, or else the workspace's default
 * @throws AppError SESSION_NOT_FOUND; VALIDATION_ERROR where null means no session
 */
export async function getSessionStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string | null };
}) {
  const row = await findSession(ctx, input.id);
  const { session, lease } = row;
  return {
    id: session.id,
    name: session.name,
    ...shownStatus(row),
    action: session.action === null ? null : showAction(session.action),
    reconnect:
      session.reconnectAttempt === null || session.reconnectAt === null
        ? null
        : { attempt: session.reconnectAttempt, nextAt: session.reconnectAt.toISOString() },
    desired: lease?.desired ?? 'stopped',
    phoneNumber: session.phoneNumber,
    newPhoneNumber: session.newPhoneNumber,
    lastActiveAt: isoOrNull(session.lastActiveAt),
    updatedAt: session.updatedAt.toISOString(),
  };
}

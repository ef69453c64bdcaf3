import { AppError } from '../../../shared/errors.ts';
import { ACCEPTING_STATUSES, type SessionStatus } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { requireScope } from '../keys/require-scope.ts';
import { findSession, isLinked } from './internal.ts';
import { reconnectSession } from './reconnect-session.ts';
import { shownStatus } from './session-view.ts';
import { unarchiveSession } from './unarchive-session.ts';

const POLL_MS = 500;
const ACCEPTING: ReadonlySet<SessionStatus> = new Set(ACCEPTING_STATUSES);
/** Only a person can bring it back from there. */
const NEEDS_A_PERSON: ReadonlySet<SessionStatus> = new Set([
  'qr',
  'pairing_code',
  'logged_out',
  'action_required',
  'failed',
]);

/** What a session in the archive may be. Any other status is what its runner has not ended yet. */
const STAYS: ReadonlySet<SessionStatus> = new Set([
  'created',
  'disconnected',
  'logged_out',
  'action_required',
  'failed',
]);

/**
 * Takes a linked session out of the archive, starts it, and waits until sends are accepted.
 * @throws AppError FORBIDDEN without sessions:write, SESSION_NOT_FOUND, LIMIT_EXCEEDED when the tier has no place left;
 *   SESSION_NOT_READY for a session that a phone must link first, and after `waitMs`
 */
export async function bringBackSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; waitMs: number };
}): Promise<void> {
  const deadline = ctx.now() + input.waitMs;
  const row = await findSession(ctx, input.id, { archived: true });
  requireScope(ctx, 'sessions:write');
  const { id, archivedAt, status } = row.session;
  const isEnding = archivedAt !== null && !STAYS.has(status);
  if (!isLinked(row)) throw notReady(isEnding ? 'disconnected' : status);
  if (archivedAt !== null) await unarchiveSession({ ctx, input: { id } });
  await reconnectSession({ ctx, input: { id, acceptNumber: false } });
  for (;;) {
    const shown = shownStatus(await findSession(ctx, id)).status;
    if (ACCEPTING.has(shown)) return;
    if (NEEDS_A_PERSON.has(shown) || ctx.now() + POLL_MS > deadline) throw notReady(shown);
    await scheduler.wait(POLL_MS);
  }
}

const notReady = (status: SessionStatus): AppError =>
  new AppError('SESSION_NOT_READY', undefined, { status });

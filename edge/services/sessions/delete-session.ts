import { sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { describeError } from '../../log/describe-error.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { lookAtRights } from '../realtime/look-at-rights.ts';
import { findSession, isHeld, isLinked, ownerOf, type SessionRow, wakeRunner } from './internal.ts';

/** How long WhatsApp and the browser may take; the runner goes on unlinking after that. */
const UNLINK_WAIT_MS = 20_000;

const ADVICE =
  'The phone may still list this device. Remove it there: WhatsApp, Settings, Linked devices, the device, Log out.';

export type DeletedSession = {
  id: string;
  deleted: true;
  unlinked: boolean;
  advice: string | null;
};

/**
 * Unlinks a session's phone where that is possible, and deletes the session with its messages and lease; its files are removed by the clean-up of media,
 * whatever came of it. The owner learns at its next heartbeat, which it is asked for at once, and unlinks by itself if it has
 * not yet. `unlinked` is true when the phone lists no device of this session; otherwise `advice` says how to remove it.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function deleteSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<DeletedSession> {
  const row = await findSession(ctx, input.id, { archived: true });
  const { id } = row.session;
  const isDropped = !isLinked(row) || (await unlink(ctx, row));
  const unlinked = isDropped && !row.session.mayStillBeListed;
  const remove = sql`
    with gone as (
      delete from sessions where id = ${id} and workspace_id = ${ctx.workspaceId} returning id
    ),
    audited as (${auditInsert(ctx, { target: id, details: { unlinked } })})
    update workspaces set default_session_id = null from gone
    where workspaces.id = ${ctx.workspaceId} and default_session_id = gone.id`;
  const expireFiles = sql`
    update media set session_id = null, expires_at = now() where session_id = ${id} and workspace_id = ${ctx.workspaceId}`;
  // Those that a source system's client gave to it; others may be of sessions to come.
  const removeWebhooks = sql`
    delete from webhook_endpoints
    where workspace_id = ${ctx.workspaceId} and session_ids = array[${id}]::text[] and compat is not null`;
  // The workspace first, as whoever writes events takes it: the other way round the two could deadlock.
  await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(expireFiles),
    ctx.db.execute(removeWebhooks),
    ctx.db.execute(remove),
  ]);
  const owner = ownerOf(row);
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  lookAtRights(ctx);
  return { id, deleted: true, unlinked, advice: unlinked ? null : ADVICE };
}

/** Asks the owner. A session that does not run is not started for this. @returns whether WhatsApp has dropped the link */
async function unlink(ctx: ServiceContext, row: SessionRow): Promise<boolean> {
  const owner = ownerOf(row);
  if (owner === null || !isHeld(row)) return false;
  const asked = ctx.runners.command(owner, 'logout', {}).then(
    ({ unlinked }) => unlinked,
    (error: unknown) => {
      const { requestId } = ctx;
      ctx.log({
        event: 'unlink_failed',
        requestId,
        sessionId: row.session.id,
        ...describeError(error),
      });
      return false;
    },
  );
  ctx.waitUntil(asked);
  return Promise.race([asked, scheduler.wait(UNLINK_WAIT_MS).then(() => false)]);
}

import { type SQL, sql } from 'drizzle-orm';
import type { ServiceContext } from '../../context.ts';
import { quarantineCredentials } from '../credentials/internal.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { findSession, isHeld, isLinked, ownerOf, type SessionRow, wakeRunner } from './internal.ts';
import { logOut, publishStopped } from './stop-unowned.ts';
import { type SessionView, viewSession } from './session-view.ts';

/** How long the runner's report may take to arrive after it has answered. */
const REPORT_WAIT_MS = 3_000;
const POLL_MS = 100;

export type LoggedOut = { session: SessionView; unlinked: boolean };

/**
 * Drops the link with the phone. The session stays, `logged_out`, and does not come back by itself: a start shows a new
 * QR code. `unlinked` is false when WhatsApp could not be asked, as for a session that does not run: the phone then still
 * lists the device, but Waypost can no longer use it.
 * @throws AppError SESSION_NOT_FOUND; UNAVAILABLE when the owner is out of reach: nothing has happened then
 */
export async function logoutSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<LoggedOut> {
  const row = await findSession(ctx, input.id);
  const owner = ownerOf(row);
  if (owner === null || !isHeld(row)) {
    await forgetLink(ctx, row);
    if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
    return { session: viewSession(ctx, await findSession(ctx, row.session.id)), unlinked: false };
  }
  const { unlinked } = await ctx.runners.command(owner, 'logout', {});
  if (!unlinked) await ctx.db.execute(noteListed(row.session.id));
  await auditQuery(ctx, { target: row.session.id });
  return { session: await reported(ctx, row.session.id), unlinked };
}

/** The session once its owner's report is written, or as it is when that takes long. */
async function reported(ctx: ServiceContext, id: string): Promise<SessionView> {
  const deadline = ctx.now() + REPORT_WAIT_MS;
  for (;;) {
    const row = await findSession(ctx, id);
    if (row.session.status === 'logged_out' || ctx.now() + POLL_MS > deadline)
      return viewSession(ctx, row);
    await scheduler.wait(POLL_MS);
  }
}

/** For a session that no browser holds: its state, its credentials, and what is left of its profile on some disk. */
async function forgetLink(ctx: ServiceContext, row: SessionRow): Promise<void> {
  const { id } = row.session;
  const reason = 'logout_requested: the phone still lists the device';
  const [, written] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(logOut({ sessionId: id, reason, now: ctx.now() })),
    ctx.db.execute(disownProfile(id)),
    ctx.db.execute(quarantineCredentials(id)),
    ...(isLinked(row) ? [ctx.db.execute(noteListed(id))] : []),
    auditQuery(ctx, { target: id }),
  ]);
  publishStopped(ctx, written);
}

const noteListed = (id: string): SQL =>
  sql`update sessions set may_still_be_listed = true where id = ${id}`;

/** No runner's local profile is the newest any more: a boot that never was has started the session last. */
const disownProfile = (id: string): SQL => sql`
  update session_leases l set desired = 'stopped', epoch = l.epoch + 1, started_epoch = l.epoch + 1,
    started_runner_id = '', started_boot_id = 'logged_out'
  where l.session_id = ${id}`;

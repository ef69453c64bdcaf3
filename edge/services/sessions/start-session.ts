import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { lockWorkspaces } from '../../events/append.ts';
import { findPlace, growFleet } from '../fleet/find-place.ts';
import { diskWait, startLease } from '../ownership/internal.ts';
import { findSession, ownerOf, wakeRunner } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';

const Started = z.object({ runner_id: z.string().nullable() });

/**
 * Wants a session running, and finds it a runner unless its last owner may still hold it. A logged-out or failed session
 * becomes a fresh one, which will show a QR code. Starting one that runs changes nothing.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function startSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const { runner: chosen, runners: candidates } = await findPlace(ctx, row.session);
  const start = sql`
    with started as (${startLease(id, chosen?.runnerId ?? null, diskWait(ctx.env))}),
    revived as (
      update sessions s set status = 'created', reason = 'start_requested', updated_at = now()
      from started
      where s.id = started.session_id and s.status in ('logged_out', 'failed')
    ),
    audited as (${auditInsert(ctx, { target: id, from: 'started' })})
    select runner_id from started`;
  // The workspace first, as all do who write both its sessions and their leases: the other way round they could deadlock.
  const [, { rows }] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(start),
  ]);
  const [started] = z.array(Started).parse(rows);
  if (started === undefined) throw new AppError('SESSION_NOT_FOUND');
  const runner = candidates.find(({ runnerId }) => runnerId === started.runner_id) ?? ownerOf(row);
  if (runner !== null) ctx.waitUntil(wakeRunner(ctx, runner));
  if (started.runner_id === null) ctx.waitUntil(growFleet(ctx));
  return viewSession(ctx, await findSession(ctx, id));
}

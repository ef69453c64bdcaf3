import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { publishDue } from '../deliveries/publish-due.ts';
import { eventCtes, lockWorkspaces } from '../events/outbox.ts';
import { auditQuery } from '../audit/audit-row.ts';
import { requireScope } from '../keys/require-scope.ts';
import { stopLease } from '../ownership/internal.ts';
import { findSession, ownerOf, type SessionRow, wakeRunner } from './internal.ts';
import { type SessionView, viewSession } from './session-view.ts';

/**
 * Wants a session stopped. Its owner closes the browser and reports `disconnected`; one that nobody owns is disconnected
 * at once. The link with the phone stays.
 * @throws AppError SESSION_NOT_FOUND
 */
export async function stopSession({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<SessionView> {
  requireScope(ctx, 'sessions:write');
  const row = await findSession(ctx, input.id);
  const { id } = row.session;
  const owner = ownerOf(row);
  const [, , written] = await ctx.db.batch([
    ctx.db.execute(lockWorkspaces([ctx.workspaceId])),
    ctx.db.execute(stopLease(id)),
    ctx.db.execute(disconnectUnowned(ctx, row)),
    auditQuery(ctx, { target: id }),
  ]);
  const { deliveries } = Written.parse(written.rows[0]);
  const due = deliveries.map((deliveryId) => ({ deliveryId, attemptNo: 1, notBefore: null }));
  if (due.length > 0) ctx.waitUntil(publishDue(ctx, due));
  if (owner !== null) ctx.waitUntil(wakeRunner(ctx, owner));
  return viewSession(await findSession(ctx, id));
}

const Written = z.object({ deliveries: z.array(z.string()) });

/** What an owner would report, for a session that has none: the row, its log and `session.status`. */
function disconnectUnowned(ctx: ServiceContext, row: SessionRow): SQL {
  const unowned = ownerOf(row) === null;
  const data = JSON.stringify({ status: 'disconnected', reason: 'stop_requested' });
  return sql`
    with stopped as (
      update sessions s set status = 'disconnected', reason = 'stop_requested', updated_at = now()
      where s.id = ${row.session.id} and ${unowned}::boolean
        and s.status not in ('disconnected', 'logged_out', 'failed')
      returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name
    ),
    logged as (
      insert into session_log (session_id, status, reason)
      select id, 'disconnected', 'stop_requested' from stopped
    ),
    fact as (
      select 1 as ord, ${newId('event', ctx.now())}::text as id, workspace_id, id as session_id,
        'session.status'::text as type,
        jsonb_build_object('from', ${row.session.status}::text, 'phoneNumber', phone_number, 'lid', lid,
          'displayName', display_name) || ${data}::jsonb as data,
        now() as occurred_at, false as late
      from stopped
    ),
    ${eventCtes(ctx.now())}
    select array(select id from outbox)::text[] as deliveries`;
}

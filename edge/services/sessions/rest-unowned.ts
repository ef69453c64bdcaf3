import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext } from '../../context.ts';
import { publishDue } from '../deliveries/publish-due.ts';
import { eventCtes } from '../events/outbox.ts';
import { ownerOf, type SessionRow } from './internal.ts';

type Rest = { status: 'disconnected' | 'logged_out'; reason: string };

/**
 * Statement: what an owner would report, for a session that has none: the row, its log and `session.status`. One that is
 * owned, or in that state already, stays as it is. Belongs behind `lockWorkspaces`.
 */
export function restUnowned(ctx: ServiceContext, row: SessionRow, to: Rest): SQL {
  const unowned = ownerOf(row) === null;
  const data = JSON.stringify(to);
  // What ended by itself keeps saying how; only a logout says something new about it.
  const settled =
    to.status === 'logged_out'
      ? sql`('logged_out')`
      : sql`('disconnected', 'logged_out', 'failed')`;
  return sql`
    with rested as (
      update sessions s set status = ${to.status}, reason = ${to.reason}, action = null,
        reconnect_attempt = null, reconnect_at = null, updated_at = now()
      where s.id = ${row.session.id} and ${unowned}::boolean and s.status not in ${settled}
      returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name
    ),
    logged as (
      insert into session_log (session_id, status, reason)
      select id, ${to.status}, ${to.reason} from rested
    ),
    fact as (
      select 1 as ord, ${newId('event', ctx.now())}::text as id, workspace_id, id as session_id,
        'session.status'::text as type,
        jsonb_build_object('from', ${row.session.status}::text, 'phoneNumber', phone_number, 'lid', lid,
          'displayName', display_name) || ${data}::jsonb as data,
        now() as occurred_at, false as late
      from rested
    ),
    ${eventCtes(ctx.now())}
    select array(select id from outbox)::text[] as deliveries`;
}

const Written = z.object({ deliveries: z.array(z.string()) });

/** Hands what `restUnowned` wrote to QStash. */
export function publishRest(ctx: ServiceContext, written: { rows: unknown[] }): void {
  const { deliveries } = Written.parse(written.rows[0]);
  const due = deliveries.map((deliveryId) => ({ deliveryId, attemptNo: 1, notBefore: null }));
  if (due.length > 0) ctx.waitUntil(publishDue(ctx, due));
}

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { LIMITS } from '../../../shared/catalogue/limits.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { Count } from '../../db/moment.ts';
import { deliveryIdSql, SUBSCRIBED } from '../../events/append.ts';
import { ring } from '../../events/ring.ts';
import { auditInsert } from '../audit/audit-row.ts';
import { endpointOff, findWebhook } from '../webhooks/internal.ts';

/** Deliveries that one request takes up. */
const BATCH = LIMITS.redeliveries.limit;
const PENDING = LIMITS.pendingDeliveries.limit;

/** What to deliver again: these; all that failed since then; or the events after a `seq`, up to another. */
export type Which =
  | { deliveryIds: readonly string[] }
  | { failedSince: Date }
  | { after: number; upTo: number };

const Row = z.object({ redelivered: Count, more: z.boolean(), lastSeq: Count.nullable() });
/** `more`: there may be more, for another request. `lastSeq`: of the last event that was taken up; null for none. */
export type Redelivered = z.infer<typeof Row>;

/**
 * Delivers to an endpoint again, with its whole schedule; what waits for a retry is sent now. Of a range, the events that the
 * endpoint subscribes to are delivered, also those from before it was created. An attempt that is under way is left to it.
 * @throws AppError NOT_FOUND; CONFLICT when the endpoint is switched off; QUEUE_FULL while it has too many pending deliveries
 */
export async function redeliver({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { webhookId: string; which: Which };
}): Promise<Redelivered> {
  const { workspaceId } = ctx;
  const { id } = await findWebhook(ctx, input.webhookId);
  const statement = sql`
    with endpoint as (
      select e.* from webhook_endpoints e
      where e.id = ${id} and e.workspace_id = ${workspaceId} and e.is_active
      for no key update
    ),
    room as (
      select least(${BATCH}::int, ${PENDING}::int - count(*))::int as places from (
        select 1 from deliveries d join endpoint on endpoint.id = d.endpoint_id
        where d.status = 'pending' limit ${PENDING}::int
      ) waiting
    ),
    ${'after' in input.which ? ofEvents(input.which, ctx.now()) : ofDeliveries(input.which)},
    audited as (${auditInsert(ctx, {
      target: id,
      details: sql`jsonb_build_object('redelivered', (select count(*) from again))`,
      from: 'endpoint',
    })})
    select room.places, (select count(*) from again)::int as redelivered,
      (select count(*) from chosen) >= room.places as more, (select max(seq) from chosen) as "lastSeq"
    from endpoint, room`;
  const { rows } = await ctx.db.execute(statement);
  const [row] = z.array(Row.extend({ places: Count })).parse(rows);
  if (row === undefined) throw endpointOff();
  const { places, ...redelivered } = row;
  if (places <= 0)
    throw new AppError(
      'QUEUE_FULL',
      `The endpoint already has ${PENDING} pending deliveries; try again when some have ended.`,
      { limit: PENDING },
    );
  // A reason of its own each time: QStash drops a doorbell with one that it has seen.
  const reason = `redeliver:${crypto.randomUUID()}`;
  if (redelivered.redelivered > 0)
    ctx.waitUntil(ring(ctx, [{ workspaceId, endpointId: id, notBefore: null, reason }]));
  return redelivered;
}

/** CTEs `chosen(seq)` and `again` over deliveries that exist. */
function ofDeliveries(which: Exclude<Which, { after: number }>): SQL {
  const isMeant =
    'deliveryIds' in which
      ? sql`d.id = any(${sql.param([...which.deliveryIds])}::text[])`
      : sql`d.status = 'failed' and d.finished_at >= ${which.failedSince.toISOString()}::timestamptz`;
  return sql`
    chosen as (
      select d.id, d.event_seq as seq from deliveries d join endpoint on endpoint.id = d.endpoint_id
      where ${isMeant} order by d.event_seq limit (select greatest(places, 0) from room)
      for no key update of d
    ),
    again as (
      update deliveries d set ${ANEW} from chosen where d.id = chosen.id and ${isFree} returning d.id
    )`;
}

/** The same over events. One that the endpoint has no delivery of gets one. */
function ofEvents({ after, upTo }: { after: number; upTo: number }, now: number): SQL {
  return sql`
    chosen as (
      select event.workspace_id, event.seq, event.id, ${SUBSCRIBED.name} as name
      from endpoint join events event on event.workspace_id = endpoint.workspace_id
      where event.seq > ${after}::bigint and event.seq <= ${upTo}::bigint
        and ${SUBSCRIBED.wanted} and event.type <> 'webhook.test'
      order by event.seq limit (select greatest(places, 0) from room)
    ),
    again as (
      insert into deliveries as d (id, workspace_id, endpoint_id, event_seq, event_name)
      select ${deliveryIdSql(now, sql`chosen.id`, sql`endpoint.id`)}, chosen.workspace_id, endpoint.id, chosen.seq, chosen.name
      from chosen, endpoint order by chosen.seq
      on conflict (workspace_id, event_seq, endpoint_id) do update set ${ANEW} where ${isFree}
      returning d.id
    )`;
}

/** Of the delivery `d`: one that has ended restarts its schedule; one that waits for a retry is due at once. */
const ANEW = sql`
  attempts_before = case when d.status = 'pending' then d.attempts_before else d.attempt_no end,
  status = 'pending', next_attempt_at = now(), claimed_until = null, claims = 0, finished_at = null`;
const isFree = sql`not (d.status = 'pending' and coalesce(d.claimed_until > now(), false))`;

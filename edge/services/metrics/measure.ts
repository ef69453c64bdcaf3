import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import type { Measured } from '../../values/measured.ts';
import { ACCEPTING_STATUSES } from '../../../shared/session-status.ts';
import { totalsCtes } from './totals.ts';

const KEPT_MS = 5_000;
const LONGEST_MS = 10_000;
/** Runners that are named; beyond them are only numbers of a fleet. */
const MOST_RUNNERS = 100;
/** A runner that was not heard of for longer is gone, and no news. */
const RUNNER_GONE = sql`interval '15 minutes'`;

const Row = z.object({
  totals: z.array(z.object({ name: z.string(), label: z.string(), value: z.number() })),
  sessions: z.array(z.object({ mode: z.string(), status: z.string(), count: z.number() })),
  wantedSessions: z.number(),
  unownedSessions: z.number(),
  queueSessions: z.number(),
  queueAge: z.number().nullable(),
  scheduledAge: z.number().nullable(),
  outboxEndpoints: z.number(),
  outboxAge: z.number().nullable(),
  runners: z.array(
    z.object({
      id: z.string(),
      region: z.string(),
      heartbeatAge: z.number(),
      draining: z.boolean(),
      places: z.number(),
      sessions: z.number(),
    }),
  ),
});

/**
 * What the database says of the whole deployment, as of the last seconds, in one statement; null when it does not answer.
 * However many ask, an isolate reads once in that time.
 */
export const measure = ({ ctx }: { ctx: Services }): Promise<Measured | null> =>
  ctx.lastMeasured.of(ctx.env).get({
    now: ctx.now,
    keptMs: KEPT_MS,
    longestMs: LONGEST_MS,
    ask: async () => {
      try {
        const { rows } = await ctx.db.execute(statement);
        return Row.parse(z.object({ measured: z.unknown() }).parse(rows[0]).measured);
      } catch (error) {
        ctx.log({ event: 'metrics_not_read', ...describeError(error) });
        return null;
      }
    },
  });

const seconds = (moment: SQL): SQL => sql`greatest(0, extract(epoch from now() - ${moment}))`;

/**
 * The two recursive parts hop from one key to the next in an index, so that they touch a row for each session, or endpoint,
 * for which something waits, however much it is. A session's queue is as old as its head; a bulk's messages may wait long.
 */
const statement: SQL = sql`
  with recursive
  queues(session_id) as (
    (select session_id from messages where status in ('queued', 'sending') order by session_id limit 1)
    union all
    select (select next.session_id from messages next
      where next.status in ('queued', 'sending') and next.session_id > queues.session_id
      order by next.session_id limit 1)
    from queues where queues.session_id is not null
  ),
  heads as (
    select head.created_at from queues
    join sessions on sessions.id = queues.session_id
      and sessions.status in (${sql.join(
        ACCEPTING_STATUSES.map((status) => sql`${status}`),
        sql`, `,
      )})
    join lateral (
      select greatest(message.created_at, message.send_at) as created_at, message.bulk_id from messages message
      where message.session_id = queues.session_id and message.status in ('queued', 'sending')
        and message.queue_seq is not null
      order by message.queue_seq limit 1
    ) head on head.bulk_id is null
  ),
  outboxes(endpoint_id) as (
    (select endpoint_id from deliveries where status = 'pending' order by endpoint_id limit 1)
    union all
    select (select next.endpoint_id from deliveries next
      where next.status = 'pending' and next.endpoint_id > outboxes.endpoint_id
      order by next.endpoint_id limit 1)
    from outboxes where outboxes.endpoint_id is not null
  ),
  due as (
    select first.next_attempt_at from outboxes
    join webhook_endpoints endpoint on endpoint.id = outboxes.endpoint_id and endpoint.is_active
    join workspaces workspace on workspace.id = endpoint.workspace_id and workspace.is_active
    cross join lateral (
      (select delivery.next_attempt_at from deliveries delivery
        where delivery.endpoint_id = endpoint.id and delivery.status = 'pending' and not endpoint.fifo
        order by delivery.next_attempt_at limit 1)
      union all
      (select delivery.next_attempt_at from deliveries delivery
        where delivery.endpoint_id = endpoint.id and delivery.status = 'pending' and endpoint.fifo
        order by delivery.event_seq limit 1)
    ) first
    where first.next_attempt_at < now()
  ),
  heard as (
    select id, region, draining, max_sessions as places, ${seconds(sql`heartbeat_at`)} as "heartbeatAge",
      (select count(*) from session_leases lease
        where lease.runner_id = runners.id and lease.lease_until > now()) as sessions
    from runners where heartbeat_at > now() - ${RUNNER_GONE}
    order by heartbeat_at desc limit ${MOST_RUNNERS}
  ),
  counts as (
    select mode, status, count(*) as count from sessions where archived_at is null group by 1, 2
  ),
  ${totalsCtes}
  select jsonb_build_object(
    'totals', (select coalesce(jsonb_agg(totals), '[]') from totals),
    'sessions', (select coalesce(jsonb_agg(counts), '[]') from counts),
    'wantedSessions', (select count(*) from session_leases where desired = 'running'),
    'unownedSessions', (select count(*) from session_leases
      where desired = 'running' and (lease_until is null or lease_until < now())),
    'queueSessions', (select count(*) from heads),
    'queueAge', (select ${seconds(sql`min(created_at)`)} from heads having count(*) > 0),
    'scheduledAge', (select ${seconds(sql`min(send_at)`)} from messages
      where status = 'queued' and queue_seq is null and send_at < now() having count(*) > 0),
    'outboxEndpoints', (select count(*) from due),
    'outboxAge', (select ${seconds(sql`min(next_attempt_at)`)} from due having count(*) > 0),
    'runners', (select coalesce(jsonb_agg(heard), '[]') from heard)
  ) as measured`;

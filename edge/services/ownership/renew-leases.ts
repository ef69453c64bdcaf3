import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import { leaseEnd } from './internal.ts';

const MAX_PAST_BOOTS = 20;

/**
 * Records the runner as it describes itself. Its row is locked until the heartbeat is over, so that two heartbeats of one
 * runner come one after the other. A boot that another has replaced changes nothing.
 */
export const registerRunner = (input: HeartbeatRequest): SQL => sql`
  insert into runners as r (id, boot_id, url, region, max_sessions, draining)
  values (${input.runnerId}, ${input.bootId}, ${input.url}, ${input.region},
    ${input.maxSessions}::int, ${input.draining}::boolean)
  on conflict (id) do update set
    past_boots = case when r.boot_id = excluded.boot_id then r.past_boots
      else (array_prepend(r.boot_id, r.past_boots))[1:${MAX_PAST_BOOTS}::int] end,
    boot_id = excluded.boot_id,
    url = excluded.url,
    region = excluded.region,
    max_sessions = excluded.max_sessions,
    draining = excluded.draining,
    heartbeat_at = now()
  where excluded.boot_id <> all(r.past_boots)
  returning r.id`;

/** CTE `listed`: the sessions that the heartbeat names. */
export const listed = (input: HeartbeatRequest): SQL => {
  const rows = input.sessions.map(({ sessionId, epoch, started }) => ({
    session_id: sessionId,
    epoch,
    started,
  }));
  return sql`listed as (
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as listed (session_id text, epoch int, started boolean))`;
};

/** CTE `runner`: the runner's row, or nothing when this boot is not its current one any more. */
export const currentRunner = (input: HeartbeatRequest): SQL => sql`runner as (
  select * from runners where id = ${input.runnerId} and boot_id = ${input.bootId})`;

/**
 * Renews what the runner names and still owns, and says of the rest why it is lost. A lease that ran out and was taken by
 * nobody is renewed too. Rows are locked in order of id, so that two writers of many leases cannot wait for each other.
 */
export const renewLeases = (input: HeartbeatRequest): SQL => sql`
  with ${listed(input)}, ${currentRunner(input)},
  held as (
    select l.session_id, listed.started
    from listed
    join session_leases l on l.session_id = listed.session_id and l.epoch = listed.epoch
    join runner on runner.id = l.runner_id and runner.boot_id = l.boot_id
    join sessions s on s.id = l.session_id
    where l.desired = 'running' and s.archived_at is null
    order by l.session_id
    for update of l
  ),
  renewed as (
    update session_leases l set
      lease_until = ${leaseEnd()},
      started_epoch = case when held.started then l.epoch else l.started_epoch end,
      started_runner_id = case when held.started then l.runner_id else l.started_runner_id end,
      started_boot_id = case when held.started then l.boot_id else l.started_boot_id end
    from held
    where l.session_id = held.session_id
    returning l.session_id
  )
  select listed.session_id, listed.epoch, s.queue_seq,
    case
      when renewed.session_id is not null then 'renewed'
      when l.session_id is null or s.archived_at is not null then 'deleted'
      when l.desired = 'stopped' and l.epoch = listed.epoch and l.runner_id = runner.id
        and l.boot_id = runner.boot_id then 'stopped'
      else 'taken'
    end as outcome
  from listed
  left join runner on true
  left join renewed on renewed.session_id = listed.session_id
  left join session_leases l on l.session_id = listed.session_id
  left join sessions s on s.id = listed.session_id`;

const RenewalRow = z.object({
  session_id: z.string(),
  epoch: z.number(),
  queue_seq: z.coerce.number().nullable(),
  outcome: z.enum(['renewed', 'taken', 'stopped', 'deleted']),
});
export type Renewal = z.infer<typeof RenewalRow>;
export const parseRenewals = (rows: unknown): Renewal[] => z.array(RenewalRow).parse(rows);

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';
import { isCordoned, leaseEnd } from './internal.ts';

const MAX_PAST_BOOTS = 20;

/** In these a session has come up, be it that it waits for a person. */
const CAME_UP: readonly SessionStatus[] = [
  'qr',
  'pairing_code',
  'authenticating',
  'online',
  'action_required',
  'logged_out',
];

/**
 * Records the runner as it describes itself. Its row is locked until the heartbeat is over, so that two heartbeats of one
 * runner come one after the other. A boot that another has replaced changes nothing.
 */
export const registerRunner = (input: HeartbeatRequest): SQL => sql`
  insert into runners as r (id, boot_id, url, region, max_sessions, draining, pid, version)
  values (${input.runnerId}, ${input.bootId}, ${input.url}, ${input.region},
    ${input.maxSessions}::int, ${input.draining}::boolean, ${input.pid ?? null}::int, ${input.version ?? null})
  on conflict (id) do update set
    past_boots = case when r.boot_id = excluded.boot_id then r.past_boots
      else (array_prepend(r.boot_id, r.past_boots))[1:${MAX_PAST_BOOTS}::int] end,
    boot_id = excluded.boot_id,
    url = excluded.url,
    region = excluded.region,
    max_sessions = excluded.max_sessions,
    draining = excluded.draining,
    pid = excluded.pid,
    version = excluded.version,
    heartbeat_at = now()
  where excluded.boot_id <> all(r.past_boots)
  returning r.id`;

/** CTE `listed`: the sessions that the heartbeat names. */
export const listed = (input: HeartbeatRequest): SQL => {
  const rows = input.sessions.map(({ sessionId, epoch, started, status }) => ({
    session_id: sessionId,
    epoch,
    started,
    came_up: CAME_UP.includes(status),
    failed: status === 'failed',
  }));
  return sql`listed as (
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as listed (session_id text, epoch int, started boolean, came_up boolean, failed boolean))`;
};

/** CTE `runner`: the runner's row, or nothing when this boot is not its current one any more. */
export const currentRunner = (input: HeartbeatRequest): SQL => sql`runner as (
  select r.id, r.boot_id, r.region, r.max_sessions, r.draining or ${isCordoned()} as draining
  from runners r where r.id = ${input.runnerId} and r.boot_id = ${input.bootId})`;

/**
 * Waits for whoever is writing one of the runner's leases at this moment, a stop or a takeover. Belongs right before
 * `renewLeases`, which sees by then what they wrote: of a lease it had to wait for itself it would know only that it changed.
 */
export const awaitWriters = (input: HeartbeatRequest): SQL => sql`
  with ${listed(input)}
  select from session_leases l
  where l.runner_id = ${input.runnerId} and l.session_id in (select session_id from listed)
  order by l.session_id
  for update of l`;

/**
 * Renews what the runner names and still owns, and says of the rest why it is lost. A lease that ran out and was taken by
 * nobody is renewed too. Rows are locked in order of id, so that two writers of many leases cannot wait for each other.
 */
export const renewLeases = (input: HeartbeatRequest): SQL => sql`
  with ${listed(input)}, ${currentRunner(input)},
  held as (
    select l.session_id, listed.started, listed.came_up, listed.failed
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
      started_boot_id = case when held.started then l.boot_id else l.started_boot_id end,
      settled_epoch = case when held.came_up or held.failed then l.epoch else l.settled_epoch end,
      start_failures = case when held.came_up then 0 else l.start_failures end,
      failing_since = case when held.came_up then null else l.failing_since end,
      -- One that its owner tries seldom is anybody's to try when the owner dies.
      retry_at = case when held.came_up then null when held.failed then coalesce(l.retry_at, now()) else l.retry_at end
    from held
    where l.session_id = held.session_id
    returning l.session_id
  )
  select listed.session_id, listed.epoch, s.queue_seq, s.min_interval_ms, s.jitter_ms, s.include_status, s.include_channels,
    s.always_online, s.reject_calls, s.presence_of,
    case
      when renewed.session_id is not null then 'renewed'
      when l.session_id is null then 'deleted'
      when s.archived_at is not null then 'stopped'
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
  min_interval_ms: z.number().nullable(),
  jitter_ms: z.number().nullable(),
  include_status: z.boolean().nullable(),
  include_channels: z.boolean().nullable(),
  always_online: z.boolean().nullable(),
  reject_calls: z.boolean().nullable(),
  presence_of: z.array(z.string()).nullable(),
  outcome: z.enum(['renewed', 'taken', 'stopped', 'deleted']),
});
export type Renewal = z.infer<typeof RenewalRow>;
export const parseRenewals = (rows: unknown): Renewal[] => z.array(RenewalRow).parse(rows);

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Assignment, HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import {
  SANDBOX_PROFILES,
  SESSION_ENGINES,
  SESSION_MODES,
} from '../../../shared/session-status.ts';
import { PLACEABLE_HEARTBEAT_AGE_MS, STARTS_PER_MINUTE } from '../../runners/placement.ts';
import {
  interval,
  isAdoptable,
  isCordoned,
  isFree,
  isOnAnothersDisk,
  isOnDiskOnly,
  leaseEnd,
  startsLastMinute,
  workspaceStarts,
} from './internal.ts';
import { currentRunner, listed } from './renew-leases.ts';
import { leavesReserve, type Reserve, reservedPlaces } from './reserved-places.ts';

/** Orphans that a runner gets at once which does not say how many it would start: browsers that start together starve each other. */
const START_ROOM = 3;

/**
 * Gives the runner what is meant for it and what it does not name: sessions that were placed on it, those of its earlier
 * boot (which is dead, or this one would not be here), and those whose assignment got lost on the way.
 * A session that this very boot had started and no longer names gets a new epoch, since it was given up; one that it never
 * started keeps its epoch, so that hearing of it twice changes nothing.
 */
export const takeUpOwn = (input: HeartbeatRequest): SQL => sql`
  with ${listed(input)}, ${currentRunner(input)},
  candidates as (
    select l.session_id, l.epoch as old_epoch, l.lease_until as old_lease_until,
      case
        when l.boot_id is null then 'assigned'
        when l.boot_id <> runner.boot_id then 'new_boot'
        when l.started_epoch = l.epoch then 'given_up'
      end as cause
    from session_leases l
    join runner on runner.id = l.runner_id and not runner.draining
    join sessions s on s.id = l.session_id
    where l.desired = 'running' and ${isAdoptable()}
      and not exists (select from listed where listed.session_id = l.session_id)
    order by l.session_id
    limit (select coalesce(max(greatest(0, runner.max_sessions - (select count(*) from listed))), 0) from runner)
    for update of l skip locked
    for key share of s skip locked
  ),
  ${handOut()}`;

/**
 * Gives the runner sessions that nobody owns any more, as far as it has room. Rows that another heartbeat is taking at
 * this moment are passed over, and one that it took is not free any more when it is looked at again under the lock.
 * Those that leave the reserved places to others come last. Else sessions of its own region come first; those of another only when no runner there has room, or it alone has their keys.
 */
export const adoptOrphans = (
  input: HeartbeatRequest,
  wait: { diskWaitMs: number },
  reserve: Reserve,
): SQL => sql`
  with ${listed(input)}, ${currentRunner(input)},
  room as (
    select runner.max_sessions - greatest(
      (select count(*) from listed),
      (select count(*) from session_leases l where l.runner_id = runner.id and l.desired = 'running')
    ) as places,
    ${reservedPlaces(sql`runner.max_sessions`, reserve)} as reserved,
    ${STARTS_PER_MINUTE.runner}::int - ${startsLastMinute(sql`runner.id`)} as starts
    from runner
  ),
  elsewhere as (
    select distinct r.region from runners r join runner on r.id <> runner.id
    where not r.draining and not ${isCordoned()} and r.heartbeat_at > now() - ${interval(PLACEABLE_HEARTBEAT_AGE_MS)}
      and r.max_sessions > (select count(*) from session_leases l where l.runner_id = r.id and l.desired = 'running')
  ),
  found as (
    select l.session_id, l.epoch as old_epoch, l.lease_until as old_lease_until, case when l.epoch = 0 then 'adopted' else 'takeover' end as cause,
      ${leavesReserve()} as leaves_reserve
    from session_leases l
    join runner on not runner.draining
    join sessions s on s.id = l.session_id
    where l.desired = 'running' and ${isAdoptable()} and ${isFree()} and not ${isOnAnothersDisk(sql`runner.id`, wait)}
      and not exists (select from listed where listed.session_id = l.session_id)
      and ${workspaceStarts(sql`s.workspace_id`)} < ${STARTS_PER_MINUTE.workspace}::int
      and (s.region is null or s.region = runner.region or s.region not in (select region from elsewhere)
        or ${isOnDiskOnly(sql`runner.id`)})
    order by ${leavesReserve()}, s.region is distinct from runner.region, l.lease_until nulls first, l.session_id
    limit (select coalesce(max(greatest(0, least(${input.startRoom ?? START_ROOM}::int, places, starts))), 0) from room)
    for update of l skip locked
    for key share of s skip locked
  ),
  candidates as (
    select ranked.* from room, (select found.*, row_number() over (order by found.leaves_reserve) as nth from found) ranked
    where not ranked.leaves_reserve or ranked.nth <= room.places - room.reserved
  ),
  ${handOut()}`;

/**
 * The rest of both statements: from `candidates`, which hold their locks, to assignments. The history takes the time under
 * the lock: `now()` is the beginning of a transaction that may have waited for the one that freed the session.
 */
const handOut = (): SQL => sql`
  taken as (
    update session_leases l set
      runner_id = runner.id,
      boot_id = runner.boot_id,
      epoch = l.epoch + case when candidates.cause is null then 0 else 1 end,
      lease_until = ${leaseEnd()}
    from candidates, runner
    where l.session_id = candidates.session_id
    returning l.*, candidates.cause, candidates.old_epoch, candidates.old_lease_until, clock_timestamp() as taken_at
  ),
  ended as (
    update lease_history h set ended_at = least(taken.old_lease_until, taken.taken_at)
    from taken
    where taken.cause is not null and h.session_id = taken.session_id
      and h.epoch = taken.old_epoch and h.ended_at is null
  ),
  history as (
    insert into lease_history (session_id, epoch, runner_id, boot_id, cause, at)
    select session_id, epoch, runner_id, boot_id, cause, taken_at from taken where cause is not null
  )
  select taken.session_id, s.workspace_id, taken.epoch, s.engine, s.mode, s.sandbox_profile, s.wire_key,
    s.min_interval_ms, s.jitter_ms, s.queue_seq, s.phone_number, s.include_status, s.include_channels, s.always_online, s.reject_calls,
    s.presence_of,
    s.proxy_sealed,
    coalesce((select c.version from session_credentials c
      where c.session_id = s.id and c.status = 'current'), 0) as kept_version,
    case when taken.started_epoch is not null then jsonb_build_object('epoch', taken.started_epoch,
      'runnerId', taken.started_runner_id, 'bootId', taken.started_boot_id) end as last_started
  from taken join sessions s on s.id = taken.session_id
  order by taken.session_id`;

const AssignmentRow = z.object({
  session_id: z.string(),
  workspace_id: z.string(),
  epoch: z.number(),
  engine: z.enum(SESSION_ENGINES),
  mode: z.enum(SESSION_MODES),
  sandbox_profile: z.enum(SANDBOX_PROFILES).nullable(),
  wire_key: z.string(),
  min_interval_ms: z.number(),
  jitter_ms: z.number(),
  queue_seq: z.coerce.number(),
  phone_number: z.string().nullable(),
  include_status: z.boolean(),
  include_channels: z.boolean(),
  always_online: z.boolean(),
  reject_calls: z.boolean(),
  presence_of: z.array(z.string()),
  proxy_sealed: z.string().nullable(),
  kept_version: z.number(),
  last_started: z
    .object({ epoch: z.number(), runnerId: z.string(), bootId: z.string() })
    .nullable(),
});

/** An assignment but for its proxy, which is sealed yet. */
export type SealedAssignment = { assignment: Assignment; proxySealed: string | null };

export const parseAssignments = (rows: unknown): SealedAssignment[] =>
  z
    .array(AssignmentRow)
    .parse(rows)
    .map((row) => ({ assignment: assignmentOf(row), proxySealed: row.proxy_sealed }));

const assignmentOf = (row: z.infer<typeof AssignmentRow>): Assignment => ({
  sessionId: row.session_id,
  workspaceId: row.workspace_id,
  epoch: row.epoch,
  engine: row.engine,
  mode: row.mode,
  ...(row.sandbox_profile !== null && { sandboxProfile: row.sandbox_profile }),
  sessionKey: row.wire_key,
  pacing: { minIntervalMs: row.min_interval_ms, jitterMs: row.jitter_ms },
  highestQueueSeq: row.queue_seq,
  phoneNumber: row.phone_number,
  traffic: { status: row.include_status, channels: row.include_channels },
  conduct: {
    alwaysOnline: row.always_online,
    rejectCalls: row.reject_calls,
    presenceOf: row.presence_of,
  },
  lastStarted: row.last_started,
  keptVersion: row.kept_version,
});

import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { LEASE } from '../../../shared/protocol/leases.ts';
import type { Database } from '../../db/client.ts';
import type { EdgeEnv } from '../../env.ts';
import type { RunnerLoad } from '../../runners/placement.ts';

/**
 * SQL that more than one service needs about who owns a session. In all of it `l` is session_leases and `s` is sessions, and
 * time is the database's.
 */

/** How long a runner has to take up a session it was given before others may. */
const RESERVATION_MS = 10_000;

/** An owner's browser is certainly gone this long after its lease ran out. */
const GRACE_MS = LEASE.takeoverMs - LEASE.durationMs;

export const interval = (milliseconds: number): SQL =>
  sql`${milliseconds}::int * interval '1 millisecond'`;

/** Until when a runner may take up a session that it was given. */
export const leaseReserved = (): SQL => sql`now() + ${interval(RESERVATION_MS)}`;

export const leaseEnd = (): SQL => sql`now() + ${interval(LEASE.durationMs)}`;

/** True when the boot that had the session is dead for certain: another one has taken its runner's place. */
const isOfReplacedBoot = (): SQL =>
  sql`exists (select from runners gone where gone.id = l.runner_id and gone.boot_id <> l.boot_id)`;

/** True while all owners were silent a moment ago: it was the database or we who were gone, not they. */
const isHeldForOwners = (): SQL =>
  sql`exists (select from fleet_state where takeover_not_before > now())`;

/**
 * True when no runner can have a browser of this session open, so that any may take it. Every takeover asks this and
 * nothing else: whatever else must hold takeovers back belongs here.
 * Without a lease it was never had, given back, or its owner declared dead.
 */
export const isFree = (): SQL => sql`(l.lease_until is null or ${isOfReplacedBoot()}
  or (l.lease_until + ${interval(GRACE_MS)} < now() and (l.boot_id is null or not ${isHeldForOwners()})))`;

/** How long a linked session that was never copied waits for the runner whose disk it is on. */
const NEVER_COPIED_WAIT_MS = 5 * 60_000;

/** States of a session whose link is alive, or may be. */
const LINKED = sql.raw(
  `'starting', 'authenticating', 'online', 'reconnecting', 'action_required', 'disconnected'`,
);

/** How long a disk that has a session's newest keys is waited for. */
export const diskWait = (
  env: Pick<EdgeEnv, 'RUNNER_DISK_WAIT_SECONDS'>,
): { diskWaitMs: number } => ({
  diskWaitMs: env.RUNNER_DISK_WAIT_SECONDS * 1_000,
});

/** True while the newest keys are in a copy: the last owner that started the session left one of all it had. */
export const isWhollyKept = (): SQL => sql`(l.kept_epoch is not distinct from l.started_epoch)`;

/** True for a linked session, whose profile on disk is therefore worth waiting for. */
const isLinked = (): SQL => sql`(s.phone_number is not null and s.status in (${LINKED}))`;

/** True while the newest keys of a linked session are on the disk of `runnerId` and in no copy. */
export const isOnDiskOnly = (runnerId: SQL): SQL =>
  sql`(${isLinked()} and l.started_runner_id = ${runnerId} and not ${isWhollyKept()})`;

/** True while runner `r` has a place for the session, or has counted it already. */
const hasRoomFor = (): SQL => sql`(r.max_sessions > (select count(*) from session_leases other
  where other.runner_id = r.id and other.desired = 'running' and other.session_id <> l.session_id))`;

/**
 * True while the session has newer keys on another runner's disk than it would have at `runnerId`, and that runner is waited
 * for. Without any copy it would need its phone again, so it waits longer. A machine that the fleet does away with, or one
 * that has no place for it, is not waited for. After a silence of all runners they come back one by one, and everybody's own
 * are left to them first.
 */
export const isOnAnothersDisk = (
  runnerId: SQL,
  { diskWaitMs }: { diskWaitMs: number },
): SQL => sql`(${isLinked()} and l.started_runner_id <> ${runnerId}
  and exists (select from runners r where r.id = l.started_runner_id and not ${isCordoned()}
    and (${isHeldForOwners()} or (not ${isWhollyKept()} and ${hasRoomFor()} and r.heartbeat_at > now() - case
      when exists (select from session_credentials c where c.session_id = l.session_id and c.status = 'current')
        then ${interval(diskWaitMs)}
      else ${interval(NEVER_COPIED_WAIT_MS)} end))))`;

/** States in which no engine runs, whoever owns the session. */
const AT_REST = sql.raw(`'logged_out', 'failed', 'disconnected'`);

/** States that only the session's user leads out of; one that is caught in a crash loop is tried again by itself. */
const ENDED = sql.raw(`'logged_out', 'failed'`);

/** True while a session is one that a runner may bring up. */
export const isAdoptable = (): SQL => sql`(s.archived_at is null
  and case when l.retry_at is null then s.status not in (${ENDED})
    else l.retry_at <= now() and s.status <> 'logged_out' end)`;

/** True while a runner owns the session: it has taken it up, and its lease runs. */
export const isOwned = (): SQL => sql`(l.boot_id is not null and l.lease_until > now())`;

/** True while `epoch` is the session's current owner's. */
export const isOwnedAt = (epoch: number): SQL => sql`(l.epoch = ${epoch}::int and ${isOwned()})`;

/**
 * Statement (or CTE): wants a session running. An owner that may still have a browser open keeps it; otherwise it goes to
 * `runnerId`, or with null to any runner that asks. One at rest begins anew: without its boot, the owner hears that it is
 * lost, closes what it has, and takes it up again under the next epoch.
 * Returns (session_id, runner_id): whom to wake.
 */
export const startLease = (
  sessionId: SQL | string,
  runnerId: string | null,
  wait: { diskWaitMs: number },
): SQL => sql`
  update session_leases l set
    desired = 'running',
    start_failures = 0,
    failing_since = null,
    retry_at = null,
    runner_id = case when not ${isFree()} then l.runner_id
      when ${needsItsDisk(runnerId, wait)} then l.started_runner_id else ${runnerId}::text end,
    boot_id = case when ${isFree()} or ${isAtRest()} then null else l.boot_id end,
    lease_until = case
      when not ${isFree()} then l.lease_until
      when ${runnerId}::text is not null then ${leaseReserved()}
    end
  where l.session_id = ${sessionId}
  returning l.session_id, l.runner_id`;

const needsItsDisk = (runnerId: string | null, wait: { diskWaitMs: number }): SQL =>
  sql`exists (select from sessions s where s.id = l.session_id
    and ${isOnAnothersDisk(sql`coalesce(${runnerId}::text, '')`, wait)})`;

const isAtRest = (): SQL =>
  sql`exists (select from sessions s where s.id = l.session_id and s.status in (${AT_REST}))`;

/**
 * Statement (or CTE): wants a session stopped. The lease is left to run out, since only then is its browser known to be
 * gone. Returns (session_id, runner_id): whom to wake.
 */
export const stopLease = (sessionId: SQL | string): SQL => sql`
  update session_leases l set desired = 'stopped'
  where l.session_id = ${sessionId}
  returning l.session_id, l.runner_id`;

/**
 * Statement: where `wanted`, the owner of a session that runs gives it up and takes it again under the next epoch, with what
 * the assignment then says. One that waits to be tried again is tried at once.
 */
export const reassignLease = (sessionId: string, wanted: boolean): SQL => sql`
  update session_leases l set boot_id = null, retry_at = case when l.retry_at is not null then now() end
  where l.session_id = ${sessionId} and l.desired = 'running' and ${wanted}::boolean`;

/** True for a runner `r` whose machine the fleet is about to stop: it keeps what it has and gets nothing more. */
export const isCordoned = (): SQL =>
  sql`exists (select from fleet_machines f where f.machine_id = r.id and f.desired <> 'running')`;

/** Sessions that runner `r` was handed within the last minute. */
export const startsLastMinute = (runnerId: SQL): SQL => sql`(
  select count(distinct h.session_id) from lease_history h
  where h.runner_id = ${runnerId} and h.at > now() - interval '1 minute')`;

/** Sessions of a workspace that were handed out within the last minute. */
export const workspaceStarts = (workspaceId: SQL): SQL => sql`(
  select count(distinct h.session_id) from lease_history h join sessions hs on hs.id = h.session_id
  where hs.workspace_id = ${workspaceId} and h.at > now() - interval '1 minute')`;

const RunnerRow = z.object({
  runnerId: z.string(),
  bootId: z.string(),
  url: z.string(),
  region: z.string(),
  maxSessions: z.number(),
  sessions: z.coerce.number(),
  draining: z.boolean(),
  heartbeatAgeMs: z.coerce.number(),
  cordoned: z.boolean(),
  startsLastMinute: z.coerce.number(),
});

/** Runners that were heard of lately, with what they carry, for `choosePlacement`. */
export async function loadRunners(db: Database): Promise<RunnerLoad[]> {
  const { rows } = await db.execute(sql`
    select r.id as "runnerId", r.boot_id as "bootId", r.url, r.region, r.max_sessions as "maxSessions", r.draining,
      (extract(epoch from now() - r.heartbeat_at) * 1000)::bigint as "heartbeatAgeMs",
      (select count(*) from session_leases l where l.runner_id = r.id and l.desired = 'running') as "sessions",
      ${isCordoned()} as cordoned, ${startsLastMinute(sql`r.id`)} as "startsLastMinute"
    from runners r
    where r.heartbeat_at > now() - ${interval(LEASE.takeoverMs)}`);
  return z.array(RunnerRow).parse(rows);
}

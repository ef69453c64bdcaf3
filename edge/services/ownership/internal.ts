import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { LEASE } from '../../../shared/protocol/leases.ts';
import type { Database } from '../../db/client.ts';
import type { RunnerLoad } from '../../runners/placement.ts';

/**
 * SQL that more than one service needs about who owns a session. In all of it `l` is session_leases and `s` is sessions, and
 * time is the database's.
 */

/** How long a runner has to take up a session it was given before others may. */
const RESERVATION_MS = 10_000;

/** An owner's browser is certainly gone this long after its lease ran out. */
const GRACE_MS = LEASE.takeoverMs - LEASE.durationMs;

const interval = (milliseconds: number): SQL =>
  sql`${milliseconds}::int * interval '1 millisecond'`;

export const leaseEnd = (): SQL => sql`now() + ${interval(LEASE.durationMs)}`;

/**
 * True when no runner can have a browser of this session open, so that any may take it. Every takeover asks this and
 * nothing else: whatever else must hold takeovers back belongs here.
 */
export const isFree = (): SQL =>
  sql`(l.lease_until is null or l.lease_until + ${interval(GRACE_MS)} < now())`;

/** States that only the session's user leads out of. */
const ENDED = sql.raw(`'logged_out', 'failed'`);

/** True while a session is one that a runner may bring up. */
export const isAdoptable = (): SQL => sql`(s.archived_at is null and s.status not in (${ENDED}))`;

/** True while `epoch` is the session's current owner's. */
export const isOwnedAt = (epoch: number): SQL =>
  sql`(l.epoch = ${epoch}::int and l.boot_id is not null and l.lease_until > now())`;

/**
 * Statement (or CTE): wants a session running. An owner that may still have a browser open keeps it; otherwise it goes to
 * `runnerId`, or with null to any runner that asks. One that had ended (logged out, failed) begins anew: without its boot,
 * the owner hears that it is lost, closes what it has, and takes it up again under the next epoch.
 * Returns (session_id, runner_id): whom to wake.
 */
export const startLease = (sessionId: SQL | string, runnerId: string | null): SQL => sql`
  update session_leases l set
    desired = 'running',
    runner_id = case when ${isFree()} then ${runnerId}::text else l.runner_id end,
    boot_id = case when ${isFree()} or ${hasEnded()} then null else l.boot_id end,
    lease_until = case
      when not ${isFree()} then l.lease_until
      when ${runnerId}::text is not null then now() + ${interval(RESERVATION_MS)}
    end
  where l.session_id = ${sessionId}
  returning l.session_id, l.runner_id`;

const hasEnded = (): SQL =>
  sql`exists (select from sessions s where s.id = l.session_id and s.status in (${ENDED}))`;

/**
 * Statement (or CTE): wants a session stopped. The lease is left to run out, since only then is its browser known to be
 * gone. Returns (session_id, runner_id): whom to wake.
 */
export const stopLease = (sessionId: SQL | string): SQL => sql`
  update session_leases l set desired = 'stopped'
  where l.session_id = ${sessionId}
  returning l.session_id, l.runner_id`;

const RunnerRow = z.object({
  runnerId: z.string(),
  bootId: z.string(),
  url: z.string(),
  region: z.string(),
  maxSessions: z.number(),
  sessions: z.coerce.number(),
  draining: z.boolean(),
  heartbeatAgeMs: z.coerce.number(),
});

/** Runners that were heard of lately, with what they carry, for `choosePlacement`. */
export async function loadRunners(db: Database): Promise<RunnerLoad[]> {
  const { rows } = await db.execute(sql`
    select r.id as "runnerId", r.boot_id as "bootId", r.url, r.region, r.max_sessions as "maxSessions", r.draining,
      (extract(epoch from now() - r.heartbeat_at) * 1000)::bigint as "heartbeatAgeMs",
      (select count(*) from session_leases l where l.runner_id = r.id and l.desired = 'running') as "sessions"
    from runners r
    where r.heartbeat_at > now() - ${interval(LEASE.takeoverMs)}`);
  return z.array(RunnerRow).parse(rows);
}

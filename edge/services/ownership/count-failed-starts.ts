import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { type AfterCommit, afterCommit } from '../../events/after-commit.ts';
import { append, Appended, BELLS, fact, lockWorkspaces } from '../../events/append.ts';
import { CRASH_LOOP, delaysByFailures } from './crash-loop.ts';
import { interval, isFree } from './internal.ts';
import { currentRunner, listed } from './renew-leases.ts';

const DELAYS = delaysByFailures();

/**
 * Statement: of sessions that this heartbeat could take up, counts those whose owner died while it brought them up, once an
 * epoch. The count restarts when its first failure is too long ago. Returns the sessions that are now in a crash loop.
 */
export const countFailedStarts = (input: HeartbeatRequest): SQL => sql`
  with ${listed(input)}, ${currentRunner(input)},
  died as (
    select l.session_id, case
      when l.failing_since is null then 1
      when l.start_failures < ${CRASH_LOOP.failures}::int
        and l.failing_since < now() - ${interval(CRASH_LOOP.withinMs)} then 1
      else l.start_failures + 1 end as failures
    from session_leases l
    join runner on true
    where l.desired = 'running' and l.boot_id is not null
      and l.started_epoch = l.epoch and l.settled_epoch is distinct from l.epoch
      and (${isFree()} or (l.runner_id = runner.id and l.boot_id <> runner.boot_id))
      and not exists (select from listed where listed.session_id = l.session_id)
    order by l.session_id
    for update of l skip locked
  ),
  counted as (
    update session_leases l set
      settled_epoch = l.epoch,
      start_failures = died.failures,
      failing_since = case when died.failures = 1 then now() else l.failing_since end,
      retry_at = coalesce(now() + nullif((${sql.param(DELAYS)}::int[])[least(died.failures, ${DELAYS.length}::int)], 0)
        * interval '1 millisecond', l.retry_at)
    from died
    where l.session_id = died.session_id
    returning l.session_id, l.start_failures
  )
  select s.id as session_id, s.workspace_id
  from counted join sessions s on s.id = counted.session_id
  where counted.start_failures >= ${CRASH_LOOP.failures}::int`;

const Caught = z.array(z.object({ session_id: z.string(), workspace_id: z.string() }));

/** Tells of sessions that `countFailedStarts` found: `failed`, reason `crash_loop`, in row, log and event. */
export async function tellCrashLoops(
  services: Pick<Services, 'db' | keyof AfterCommit>,
  rows: unknown,
): Promise<void> {
  const caught = Caught.parse(rows);
  if (caught.length === 0) return;
  const { db, log, now } = services;
  const sessionIds = caught.map((row) => row.session_id);
  log({ event: 'crash_loop', sessions: sessionIds });
  const [, ...told] = await db.batch([
    db.execute(lockWorkspaces(caught.map((row) => row.workspace_id))),
    ...sessionIds.map((sessionId) => db.execute(markFailed(sessionId, now()))),
  ]);
  afterCommit(
    services,
    told.flatMap(({ rows: [row] }) => Appended.parse(row).bells),
  );
}

const markFailed = (sessionId: string, now: number): SQL => sql`
  with target as (
    select s.id, s.status from sessions s where s.id = ${sessionId} and s.status <> 'failed' for update of s
  ),
  failed as (
    update sessions s set status = 'failed', reason = 'crash_loop', updated_at = now()
    from target where s.id = target.id
    returning s.id, s.workspace_id, s.phone_number, s.lid, s.display_name, target.status as before
  ),
  logged as (
    insert into session_log (session_id, status, reason) select id, 'failed', 'crash_loop' from failed
  ),
  ${append([crashLoop(now)], now)}
  select ${BELLS}`;

const crashLoop = (now: number): SQL =>
  fact('session.status', {
    from: sql`failed`,
    id: sql`${newId('event', now)}`,
    workspaceId: sql`failed.workspace_id`,
    sessionId: sql`failed.id`,
    data: {
      from: sql`failed.before`,
      status: 'failed',
      reason: 'crash_loop',
      phoneNumber: sql`failed.phone_number`,
      lid: sql`failed.lid`,
      displayName: sql`failed.display_name`,
    },
  });

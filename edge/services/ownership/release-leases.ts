import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HeartbeatRequest } from '../../../shared/protocol/leases.ts';
import type { Services } from '../../context.ts';
import { describeError } from '../../log/describe-error.ts';
import { choosePlacement, type RunnerLoad } from '../../runners/placement.ts';
import { isOnAnothersDisk, leaseReserved, loadRunners } from './internal.ts';
import { currentRunner } from './renew-leases.ts';
import { leavesReserve } from './reserved-places.ts';

export type Release = { sessionId: string; epoch: number; to: RunnerLoad | null };

const Homes = z.array(
  z.object({ id: z.string(), region: z.string().nullable(), leavesReserve: z.boolean() }),
);

/** Finds each session that a runner gives back another one with room, if there is one. Reads only when there are any. */
export async function placeReleased(
  { db, env }: Pick<Services, 'db' | 'env'>,
  input: HeartbeatRequest,
): Promise<Release[]> {
  const released = input.released ?? [];
  if (released.length === 0) return [];
  const { rows } = await db.execute(sql`
    select s.id, s.region, ${leavesReserve()} as "leavesReserve" from sessions s
    where s.id = any(${sql.param(released.map(({ sessionId }) => sessionId))}::text[])`);
  const homes = new Map(Homes.parse(rows).map((home) => [home.id, home]));
  const runners = (await loadRunners(db)).filter(({ runnerId }) => runnerId !== input.runnerId);
  return released.map(({ sessionId, epoch }) => {
    const home = homes.get(sessionId);
    const reservedPercent = home?.leavesReserve === true ? env.RESERVED_PLACES_PERCENT : 0;
    const to = choosePlacement(runners, { region: home?.region ?? null, reservedPercent });
    if (to !== null) to.sessions += 1;
    return { sessionId, epoch, to };
  });
}

/**
 * Statement: sessions that the runner closed and gives back are free at once, or reserved for the runner that was chosen. Nothing
 * of them is open, so no lease has to expire. One whose newest keys are only on the runner's disk stays without an owner for
 * now. Returns the runners to wake.
 */
export const releaseLeases = (
  input: HeartbeatRequest,
  releases: readonly Release[],
  wait: { diskWaitMs: number },
): SQL => {
  const rows = releases.map(({ sessionId, epoch, to }) => ({
    session_id: sessionId,
    epoch,
    target: to?.runnerId ?? null,
  }));
  return sql`
    with ${currentRunner(input)},
    given as (
      select l.session_id, l.epoch, case
        when l.desired = 'running' and not ${isOnAnothersDisk(sql`released.target`, wait)} then released.target end as target
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as released (session_id text, epoch int, target text)
      join session_leases l on l.session_id = released.session_id and l.epoch = released.epoch
      join sessions s on s.id = l.session_id
      join runner on runner.id = l.runner_id and runner.boot_id = l.boot_id
      order by l.session_id
      for update of l
    ),
    ended as (
      update lease_history h set ended_at = clock_timestamp() from given
      where h.session_id = given.session_id and h.epoch = given.epoch and h.ended_at is null
    )
    update session_leases l set
      runner_id = given.target,
      boot_id = null,
      lease_until = case when given.target is not null then ${leaseReserved()} end
    from given
    where l.session_id = given.session_id
    returning l.session_id, l.runner_id`;
};

const Given = z.array(z.object({ session_id: z.string(), runner_id: z.string().nullable() }));

/** Asks the runners that were chosen to heartbeat now. @param rows what `releaseLeases` returned */
export function wakeNewOwners(
  { runners, waitUntil, log }: Pick<Services, 'runners' | 'waitUntil' | 'log'>,
  releases: readonly Release[],
  rows: unknown,
): void {
  const given = Given.parse(rows);
  if (given.length === 0) return;
  log({ event: 'leases_released', sessions: given });
  const chosen = new Set(given.map((row) => row.runner_id));
  const targets = releases.flatMap(({ to }) =>
    to !== null && chosen.has(to.runnerId) ? [to] : [],
  );
  for (const target of new Set(targets)) {
    const { runnerId } = target;
    const woken = runners.wake(target).catch((error: unknown) => {
      log({ event: 'wake_failed', runnerId, ...describeError(error) });
    });
    waitUntil(woken);
  }
}

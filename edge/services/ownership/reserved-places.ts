import { type SQL, sql } from 'drizzle-orm';
import type { EdgeEnv } from '../../env.ts';
import { PLACEABLE_HEARTBEAT_AGE_MS } from '../../runners/placement.ts';
import { interval, isAdoptable, isCordoned, isFree } from './internal.ts';

/**
 * A share of each runner's places is kept for workspaces above Basic, so that those who pay nothing cannot fill a fleet. As in
 * internal.ts, `l` is session_leases, `s` sessions and `r` runners.
 */
export type Reserve = Pick<EdgeEnv, 'RESERVED_PLACES_PERCENT'>;

/**
 * True for a session that leaves the reserved places to others. One that is linked to a real phone does not: it had a place,
 * and comes back wherever there is one.
 */
export const leavesReserve = ({ mode, phoneNumber, workspaceId } = SESSION): SQL =>
  sql`((${mode} = 'sandbox' or ${phoneNumber} is null)
    and exists (select from workspaces w where w.id = ${workspaceId} and w.tier = 'basic'))`;

const SESSION = {
  mode: sql`s.mode`,
  phoneNumber: sql`s.phone_number`,
  workspaceId: sql`s.workspace_id`,
};

/** Places of a runner with so many that such a session cannot have; `reservedOf` in SQL. */
export const reservedPlaces = (maxSessions: SQL, { RESERVED_PLACES_PERCENT }: Reserve): SQL =>
  sql`(${maxSessions} * ${RESERVED_PLACES_PERCENT}::int / 100)`;

/** True for a session that any runner may take up, while none has a place for it. */
export const waitsForCapacity = (
  sessionId: SQL,
  reserve: Reserve,
): SQL<boolean> => sql<boolean>`exists (
  select from session_leases l join sessions s on s.id = l.session_id
  where l.session_id = ${sessionId} and l.desired = 'running' and ${isAdoptable()} and ${isFree()}
    and not exists (
      select from runners r
      where not r.draining and not ${isCordoned()} and r.heartbeat_at > now() - ${interval(PLACEABLE_HEARTBEAT_AGE_MS)}
        and r.max_sessions - case when ${leavesReserve()} then ${reservedPlaces(sql`r.max_sessions`, reserve)} else 0 end
          > (select count(*) from session_leases other where other.runner_id = r.id and other.desired = 'running')
    ))`;

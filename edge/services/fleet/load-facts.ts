import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { Count, Moment } from '../../db/moment.ts';
import type { Machine } from '../../runners/fleets/port.ts';
import { PLACEABLE_HEARTBEAT_AGE_MS } from '../../runners/placement.ts';
import { isAdoptable, isFree } from '../ownership/internal.ts';
import { leavesReserve } from '../ownership/reserved-places.ts';
import type { FleetFacts, MachineFacts } from './fleet-facts.ts';

const msSince = (moment: SQL): SQL => sql`(extract(epoch from now() - ${moment}) * 1000)::bigint`;

/** Sessions of a machine `f`: those its runner owns, and those it is meant to bring up. */
export const hasSession = (): SQL => sql`(l.runner_id = f.machine_id and l.desired = 'running'
  and (l.lease_until > now() or ${isAdoptable()}))`;

/** Statement: notes which machines have work now. Idleness counts from the last time. */
const noteBusy = (): SQL => sql`
  update fleet_machines f set busy_at = now()
  where exists (
    select from session_leases l join sessions s on s.id = l.session_id where ${hasSession()}
  )`;

const selectRows = (): SQL => sql`
  select f.id, f.machine_id, f.region, f.image, f.desired,
    ${msSince(sql`f.created_at`)} as age_ms,
    ${msSince(sql`f.desired_at`)} as desired_for_ms,
    f.refusal is not null as refused,
    ${msSince(sql`f.silent_since`)} as silent_for_ms,
    ${msSince(sql`greatest(f.busy_at, f.desired_at)`)} as idle_for_ms,
    ${msSince(sql`r.heartbeat_at`)} as heartbeat_age_ms, r.boot_id,
    coalesce(r.max_sessions, 0) as max_sessions,
    (select count(*) from session_leases l join sessions s on s.id = l.session_id
      where ${hasSession()}) as sessions
  from fleet_machines f left join runners r on r.id = f.machine_id
  order by f.id`;

/** Sessions that a runner may take up at once, and that none which lives is meant for. */
const selectWaiting = (): SQL => sql`
  select coalesce(s.region, w.region) as region, count(*) as count,
    count(*) filter (where ${leavesReserve()}) as "leavingReserve"
  from session_leases l
  join sessions s on s.id = l.session_id
  join workspaces w on w.id = s.workspace_id
  where l.desired = 'running' and ${isAdoptable()} and ${isFree()}
    and not exists (
      select from runners r where r.id = l.runner_id and not r.draining
        and r.heartbeat_at > now() - ${PLACEABLE_HEARTBEAT_AGE_MS}::int * interval '1 millisecond'
    )
  group by 1`;

const Row = z.object({
  id: z.string(),
  machine_id: z.string().nullable(),
  region: z.string(),
  image: z.string(),
  desired: z.enum(['running', 'stopped', 'gone']),
  age_ms: Count,
  desired_for_ms: Count,
  refused: z.boolean(),
  silent_for_ms: Count.nullable(),
  idle_for_ms: Count,
  heartbeat_age_ms: Count.nullable(),
  boot_id: z.string().nullable(),
  max_sessions: Count,
  sessions: Count,
});
type Row = z.infer<typeof Row>;

const Waiting = z.object({ region: z.string().nullable(), count: Count, leavingReserve: Count });

/** What the database knows of the fleet, and when, by its own clock. */
export async function loadFleetRows(
  db: Database,
): Promise<{ rows: Row[]; waiting: FleetFacts['waiting']; loadedAt: Date }> {
  const [, rows, waiting, clock] = await db.batch([
    db.execute(noteBusy()),
    db.execute(selectRows()),
    db.execute(selectWaiting()),
    db.execute(sql`select now() as now`),
  ]);
  return {
    rows: z.array(Row).parse(rows.rows),
    waiting: z.array(Waiting).parse(waiting.rows),
    loadedAt: z.object({ now: Moment }).parse(clock.rows[0]).now,
  };
}

/**
 * Brings our rows and the provider's list together. `adopted` names the rows that did not know their machine yet: the
 * answer to their request was lost. `listedForMs`: how long ago the provider was asked.
 */
export function mergeFacts(
  rows: readonly Row[],
  machines: readonly Machine[],
  { now, listedForMs }: { now: number; listedForMs: number },
): { facts: MachineFacts[]; adopted: { requestId: string; machineId: string }[] } {
  const known = new Set<Machine>();
  const adopted: { requestId: string; machineId: string }[] = [];
  const ours = rows.map((row): MachineFacts => {
    const machine = machines.find(({ machineId, requestId }) =>
      row.machine_id === null ? requestId === row.id : machineId === row.machine_id,
    );
    if (machine !== undefined) known.add(machine);
    if (machine !== undefined && row.machine_id === null)
      adopted.push({ requestId: row.id, machineId: machine.machineId });
    return {
      requestId: row.id,
      machineId: row.machine_id ?? machine?.machineId ?? null,
      region: machine?.region ?? row.region,
      image: row.image,
      desired: row.desired,
      ageMs: row.age_ms,
      desiredForMs: row.desired_for_ms,
      refused: row.refused,
      state: machine?.state ?? null,
      heartbeatAgeMs: row.heartbeat_age_ms,
      bootId: row.boot_id,
      heardSinceListed: row.heartbeat_age_ms !== null && row.heartbeat_age_ms < listedForMs,
      silentForMs: row.silent_for_ms,
      sessions: row.sessions,
      maxSessions: row.max_sessions,
      idleForMs: row.idle_for_ms,
    };
  });
  const strangers = machines
    .filter((machine) => !known.has(machine))
    .map((machine): MachineFacts => ({
      requestId: null,
      machineId: machine.machineId,
      region: machine.region,
      image: machine.image,
      desired: null,
      ageMs: now - machine.createdAt,
      desiredForMs: 0,
      refused: false,
      state: machine.state,
      heartbeatAgeMs: null,
      bootId: null,
      heardSinceListed: false,
      silentForMs: null,
      sessions: 0,
      maxSessions: 0,
      idleForMs: 0,
    }));
  return { facts: [...ours, ...strangers], adopted };
}

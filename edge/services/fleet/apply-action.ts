import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import type { Services } from '../../context.ts';
import { fleetMachines } from '../../db/schema/index.ts';
import { MachineRefusedError } from '../../runners/fleets/port.ts';
import { declareDead } from '../ownership/declare-dead.ts';
import { hasSession } from './load-facts.ts';
import type { FleetAction } from './fleet-facts.ts';

export type FleetServices = Pick<Services, 'db' | 'fleet' | 'log' | 'now'>;

/**
 * Does one thing: the row first, so that a call that dies half-way is found again, then the provider. A machine whose row
 * has changed since the plan was made is left alone; so is one that was heard of since, unless it only drains.
 * @param plannedAt when the plan's facts were read, by the database's clock
 * @throws FleetUnavailableError
 */
export async function applyAction(
  services: FleetServices,
  action: FleetAction,
  plannedAt: Date,
): Promise<void> {
  const { db, fleet } = services;
  if (!(await isAsPlanned(services, action, plannedAt))) return;
  switch (action.kind) {
    case 'create':
      return createMachine(services, action);
    case 'resume': {
      const resumed = await want(services, action.requestId, 'stopped', 'running', action.why);
      if (resumed) await fleet.start(action.machineId);
      return;
    }
    case 'retire':
      if (await retire(services, action)) await fleet.stop(action.machineId);
      return;
    case 'stop':
      return fleet.stop(action.machineId);
    case 'destroy':
      await fleet.destroy(action.machineId);
      if (action.requestId !== null) await forget(services, action.requestId);
      return;
    case 'forget':
      return forget(services, action.requestId);
    case 'declareDead':
      return declareDead({ services, runnerId: action.machineId, bootId: action.bootId });
    case 'silent':
    case 'heard':
      await db
        .update(fleetMachines)
        .set({ silentSince: action.kind === 'silent' ? sql`now()` : null })
        .where(eq(fleetMachines.id, action.requestId));
  }
}

async function isAsPlanned(
  { db }: FleetServices,
  action: FleetAction,
  plannedAt: Date,
): Promise<boolean> {
  // The others ask in the statement that changes the row.
  if (action.kind !== 'stop' && action.kind !== 'destroy' && action.kind !== 'declareDead')
    return true;
  const { machineId } = action;
  const since = plannedAt.toISOString();
  const { rows } = await db.execute(sql`
    select from fleet_machines f where f.machine_id = ${machineId} and f.desired_at > ${since}
    union all
    select from runners r
    where r.id = ${machineId} and r.heartbeat_at > ${since} and ${action.kind !== 'stop'}::boolean`);
  return rows.length === 0;
}

async function forget({ db }: FleetServices, requestId: string): Promise<void> {
  await db.delete(fleetMachines).where(eq(fleetMachines.id, requestId));
}

/** The machine that a row had asked for is known now. */
export async function adoptMachine(
  { db }: Pick<Services, 'db'>,
  { requestId, machineId }: { requestId: string; machineId: string },
): Promise<void> {
  await db
    .update(fleetMachines)
    .set({ machineId, refusal: null })
    .where(and(eq(fleetMachines.id, requestId), isNull(fleetMachines.machineId)));
}

async function createMachine(
  services: FleetServices,
  { region, why }: { region: string; why: string },
): Promise<void> {
  const { db, fleet, log } = services;
  if (fleet.scaling === null) return;
  const { image, maxMachines } = fleet.scaling;
  const requestId = newId('machine', services.now());
  const { rows } = await db.execute(sql`
    insert into fleet_machines (id, region, image, desired, reason)
    select ${requestId}, ${region}, ${image}, 'running', ${why}
    where (select count(*) from fleet_machines where desired = 'running' and refusal is null)
      < ${maxMachines}::int + ${why === 'deploy' ? 1 : 0}::int
    returning id`);
  if (rows.length === 0) return;
  try {
    const { machineId } = await fleet.create({ requestId, region });
    await adoptMachine(services, { requestId, machineId });
    log({ event: 'fleet_machine_created', requestId, machineId, region });
  } catch (error) {
    if (!(error instanceof MachineRefusedError)) throw error;
    log({ event: 'fleet_machine_refused', requestId, region, message: error.message });
    await db
      .update(fleetMachines)
      .set({ refusal: error.message })
      .where(eq(fleetMachines.id, requestId));
  }
}

async function want(
  { db }: FleetServices,
  requestId: string,
  from: 'running' | 'stopped',
  to: 'running' | 'stopped' | 'gone',
  reason: string,
): Promise<boolean> {
  const changed = await db
    .update(fleetMachines)
    .set({ desired: to, desiredAt: sql`now()`, reason, silentSince: null })
    .where(and(eq(fleetMachines.id, requestId), eq(fleetMachines.desired, from)))
    .returning({ id: fleetMachines.id });
  return changed.length > 0;
}

const Retired = z.array(z.object({ id: z.string() }));

/**
 * Takes a machine out of use. The runner's row is locked first, as a heartbeat does: whatever was handed out before is seen
 * here, and whatever comes after sees that this machine gets nothing more.
 */
async function retire(
  { db }: FleetServices,
  action: Extract<FleetAction, { kind: 'retire' }>,
): Promise<boolean> {
  const { requestId, machineId, to, onlyEmpty, why } = action;
  const [, changed] = await db.batch([
    db.execute(sql`select id from runners where id = ${machineId} for update`),
    db.execute(sql`
      update fleet_machines f set desired = ${to}, desired_at = now(), reason = ${why}, silent_since = null
      where f.id = ${requestId} and f.desired = 'running' and (not ${onlyEmpty}::boolean or not exists (
        select from session_leases l join sessions s on s.id = l.session_id where ${hasSession()}))
      returning f.id`),
  ]);
  return Retired.parse(changed.rows).length > 0;
}

import {
  AT_REST,
  FLEET_TIMES,
  type FleetAction,
  type FleetFacts,
  type FleetSettings,
  GONE,
  isAlive,
  isAsleepForGood,
  type MachineFacts,
} from './fleet-facts.ts';
import { planDeploy } from './plan-deploy.ts';
import { planGrowth } from './plan-growth.ts';

/** True when the provider says that nothing runs there any more although we want it to. */
function hasDied(machine: MachineFacts): boolean {
  const { state, desired, desiredForMs, machineId, heardSinceListed } = machine;
  if (desired !== 'running' || machineId === null || desiredForMs < FLEET_TIMES.settleMs)
    return false;
  // Its platform may have moved it meanwhile: the same machine, up again.
  if (heardSinceListed) return false;
  if (GONE.includes(state)) return !isAlive(machine);
  return state !== 'created' && AT_REST.includes(state);
}

function isWedged(machine: MachineFacts, someoneAlive: boolean): boolean {
  const patience = someoneAlive ? FLEET_TIMES.silentMs : FLEET_TIMES.silentAloneMs;
  return (
    machine.desired === 'running' &&
    machine.machineId !== null &&
    !isAlive(machine) &&
    (machine.silentForMs ?? 0) > patience
  );
}

/**
 * What to do about the fleet now, in the order to do it in. Pure: the same facts give the same actions. Each action may be
 * lost or repeated; the next run sees what came of it.
 */
export function planFleet(facts: FleetFacts, settings: FleetSettings): FleetAction[] {
  const someoneAlive = facts.machines.some(isAlive);
  const wedged = facts.machines.find((machine) => isWedged(machine, someoneAlive));
  const died = facts.machines.filter(hasDied);
  const asleep = facts.machines.filter(
    (machine) => machine.desired === 'running' && isAsleepForGood(machine),
  );
  const lost = [...new Set([...died, ...asleep, ...(wedged === undefined ? [] : [wedged])])];
  const kept = facts.machines.filter(
    (machine) => machine.desired === 'running' && !machine.refused && !lost.includes(machine),
  );
  const orphaned = lost.map(({ region, sessions }) => ({ region, count: sessions }));
  const growth = planGrowth(
    { kept, all: facts.machines, waiting: [...facts.waiting, ...orphaned] },
    settings,
  );
  return [
    ...facts.machines.flatMap((machine) => planUpkeep(machine)),
    ...lost.flatMap((machine) =>
      planLoss(
        machine,
        died.includes(machine) ? 'died' : asleep.includes(machine) ? 'asleep' : 'silent',
      ),
    ),
    ...growth.actions,
    ...(growth.actions.length === 0 ? planShrink(kept, facts, settings) : []),
  ];
}

/** What must be put in order about one machine, whatever the others do. */
function planUpkeep(machine: MachineFacts): FleetAction[] {
  const { requestId, machineId, desired, state, ageMs, desiredForMs } = machine;
  if (requestId === null) {
    if (machineId === null || GONE.includes(state) || ageMs < FLEET_TIMES.halfMadeMs) return [];
    return [{ kind: 'destroy', requestId, machineId, why: 'no_row' }];
  }
  if (machineId === null)
    return ageMs < FLEET_TIMES.halfMadeMs
      ? []
      : [{ kind: 'forget', requestId, why: machine.refused ? 'refused' : 'never_made' }];
  if (desired === 'running') {
    const silent = !isAlive(machine) && desiredForMs > FLEET_TIMES.bootMs;
    if (silent && machine.silentForMs === null) return [{ kind: 'silent', requestId }];
    if (!silent && machine.silentForMs !== null) return [{ kind: 'heard', requestId }];
    return [];
  }
  if (GONE.includes(state))
    return desiredForMs < FLEET_TIMES.settleMs
      ? []
      : [{ kind: 'forget', requestId, why: 'machine_gone' }];
  if (AT_REST.includes(state)) {
    const why = 'retired';
    // It was killed before it had given all back.
    const left: FleetAction[] =
      machine.sessions > 0 && !machine.heardSinceListed
        ? [{ kind: 'declareDead', machineId, bootId: machine.bootId, why }]
        : [];
    if (desired === 'gone') return [...left, { kind: 'destroy', requestId, machineId, why }];
    return desiredForMs < FLEET_TIMES.keepStoppedMs
      ? []
      : [{ kind: 'destroy', requestId, machineId, why: 'stopped_for_long' }];
  }
  if (desired === 'gone' && isAsleepForGood(machine))
    return [{ kind: 'destroy', requestId, machineId, why: 'asleep' }];
  return state === 'stopping' || state === 'destroying'
    ? []
    : [{ kind: 'stop', machineId, why: `wanted_${desired ?? 'gone'}` }];
}

function planLoss(machine: MachineFacts, why: 'died' | 'asleep' | 'silent'): FleetAction[] {
  const { requestId, machineId, state, bootId } = machine;
  if (machineId === null || requestId === null) return [];
  const removal: FleetAction = GONE.includes(state)
    ? { kind: 'forget', requestId, why }
    : { kind: 'destroy', requestId, machineId, why };
  // One that is wedged or asleep may still have browsers open: it is destroyed first. One that died has none.
  const dead: FleetAction = { kind: 'declareDead', machineId, bootId, why };
  return why === 'died' ? [dead, removal] : [removal, dead];
}

/** One that can go: idle for long, or of an old image while its sessions have somewhere to go. One at a time. */
function planShrink(
  kept: readonly MachineFacts[],
  { machines, waiting }: FleetFacts,
  settings: FleetSettings,
): FleetAction[] {
  const { leaving } = planDeploy(kept, machines, settings);
  if (kept.some(({ image }) => image !== settings.image))
    return leaving.flatMap(({ requestId, machineId }) =>
      requestId === null || machineId === null
        ? []
        : [{ kind: 'retire', requestId, machineId, to: 'gone', onlyEmpty: false, why: 'deploy' }],
    );
  if (waiting.some(({ count }) => count > 0)) return [];
  const idle = kept.filter(
    (machine) =>
      isAlive(machine) && machine.sessions === 0 && machine.idleForMs >= settings.idleAfterMs,
  );
  const spare = Math.max(0, kept.length - settings.minMachines);
  return idle
    .toSorted((left, right) => right.idleForMs - left.idleForMs)
    .slice(0, Math.min(spare, settings.changesPerRun))
    .flatMap(({ requestId, machineId }) =>
      requestId === null || machineId === null
        ? []
        : [{ kind: 'retire', requestId, machineId, to: 'stopped', onlyEmpty: true, why: 'idle' }],
    );
}

import { byDistance } from '../../runners/regions.ts';
import {
  type FleetAction,
  type FleetFacts,
  type FleetSettings,
  isAlive,
  type MachineFacts,
  openOf,
  placesOf,
} from './fleet-facts.ts';
import { planDeploy } from './plan-deploy.ts';

type Growth = {
  kept: readonly MachineFacts[];
  all: readonly MachineFacts[];
  waiting: FleetFacts['waiting'];
};

/** Machines for the sessions that have no place, for the least number of machines, and for the next one to be replaced. */
export function planGrowth(
  { kept, all, waiting }: Growth,
  settings: FleetSettings,
): { actions: FleetAction[] } {
  const actions: FleetAction[] = [];
  /** Regions of the machines that this run starts. */
  const begun: string[] = [];
  const resumable = all.filter((machine) => isResumable(machine, settings));
  const refusing = new Set(all.filter(({ refused }) => refused).map(({ region }) => region));
  let running = kept.length;
  const grow = (region: string, why: string): boolean => {
    if (running >= settings.maxMachines || actions.length >= settings.changesPerRun) return false;
    const order = byDistance(region, settings.regions);
    const spare = resumable.toSorted(
      (left, right) => order.indexOf(left.region) - order.indexOf(right.region),
    )[0];
    const open = order.find((name) => !refusing.has(name));
    if (spare?.requestId != null && spare.machineId !== null) {
      resumable.splice(resumable.indexOf(spare), 1);
      const { requestId, machineId } = spare;
      actions.push({ kind: 'resume', requestId, machineId, why });
      begun.push(spare.region);
    } else if (open === undefined) {
      return false;
    } else {
      actions.push({ kind: 'create', region: open, why });
      begun.push(open);
    }
    running += 1;
    return true;
  };

  const places = kept.map((machine) => placesOf(machine, settings));
  let free = places.reduce((sum, one) => sum + one.free, 0);
  let open = places.reduce((sum, one) => sum + one.open, 0);
  for (const { region, count, leavingReserve } of regionsByNeed(waiting, settings)) {
    let missing = count - free;
    let missingOpen = leavingReserve - open;
    while ((missing > 0 || missingOpen > 0) && grow(region, 'sessions_wait')) {
      missing -= settings.maxSessions;
      missingOpen -= openOf(settings.maxSessions, settings);
    }
    // What the last one has to spare is there for the next region.
    free = Math.max(0, -missing);
    open = Math.max(0, -missingOpen);
  }
  while (running < settings.minMachines && grow(leastServed(kept, begun, settings), 'minimum'));

  const pending = kept.some((one) => one.image === settings.image && !isAlive(one));
  if (!pending && actions.length === 0) {
    const { homeless, region } = planDeploy(kept, all, settings);
    for (let missing = homeless; missing > 0 && grow(region, 'deploy');)
      missing -= settings.maxSessions;
  }
  return { actions };
}

/** Stopped ones that may be started again. Those of an old image are left to go. */
const isResumable = (machine: MachineFacts, settings: FleetSettings): boolean =>
  machine.desired === 'stopped' &&
  machine.state === 'stopped' &&
  machine.image === settings.image &&
  settings.regions.includes(machine.region);

function regionsByNeed(
  waiting: FleetFacts['waiting'],
  settings: FleetSettings,
): { region: string; count: number; leavingReserve: number }[] {
  const needs = new Map<string, { count: number; leavingReserve: number }>();
  for (const { region, count, leavingReserve = 0 } of waiting) {
    const [nearest = ''] = byDistance(region ?? settings.regions[0] ?? '', settings.regions);
    const so = needs.get(nearest) ?? { count: 0, leavingReserve: 0 };
    needs.set(nearest, {
      count: so.count + count,
      leavingReserve: so.leavingReserve + leavingReserve,
    });
  }
  return [...needs]
    .map(([region, need]) => ({ region, ...need }))
    .toSorted((left, right) => right.count - left.count || (left.region < right.region ? -1 : 1));
}

/** The region with the most sessions for each of its machines, those that this run starts included. */
function leastServed(
  kept: readonly MachineFacts[],
  begun: readonly string[],
  settings: FleetSettings,
): string {
  const need = (region: string): number => {
    const there = kept.filter((one) => one.region === region);
    const coming = begun.filter((one) => one === region).length;
    return there.reduce((sum, { sessions }) => sum + sessions, 1) / (there.length + coming);
  };
  const [least = ''] = settings.regions.toSorted((left, right) => {
    const [most, less] = [need(right), need(left)];
    return most === less ? 0 : most - less;
  });
  return least;
}

import type { FleetSettings } from '../../edge/services/fleet/fleet-facts.ts';
import { planFleet } from '../../edge/services/fleet/plan-fleet.ts';
import { seededRandom } from '../testing/random.ts';
import type { SimMachine } from './things.ts';
import { SimWorld } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SESSIONS_PER_WORKSPACE = 40;

export type SimulationOptions = {
  seed: number;
  sessions: number;
  machines: number;
  /** RUNNER_MAX_SESSIONS. */
  capacity: number;
  hours: number;
};

export type Balance = { min: number; mean: number; max: number; stddev: number };
export type Spread = { count: number; p50: number; p95: number; max: number };
export type Sample = {
  minute: number;
  online: number;
  waiting: number;
  machines: number;
  balance: Balance;
};
export type SimulationResult = {
  options: SimulationOptions;
  samples: Sample[];
  events: { minute: number; what: string }[];
  moves: number;
  created: number;
  /** Seconds from down to online, by what took the session down. */
  recovery: Record<string, Spread>;
  /** Of all session time after the ramp, the share online. */
  onlineShare: number;
  /** Sessions that are down or without an owner when the run ends: those of a death just then, or lost ones. */
  offlineAtEnd: number;
  mostMachines: number;
};

/** Where the sessions of a made-up customer base belong, and each region's share. */
const REGIONS: readonly (readonly [region: string, share: number])[] = [
  ['fra', 0.3],
  ['iad', 0.25],
  ['gru', 0.2],
  ['sin', 0.15],
  ['bom', 0.1],
];

/** Process deaths and losses of machines, per machine and hour; a bad week's worth. */
const FAILURES = { crashesPerHour: 0.02, lossesPerHour: 0.004 };

/**
 * Runs the real placement and planning over a simulated fleet: it fills from nothing, machines die all the time but in the
 * last ten minutes, a region goes down for half an hour, and a deploy replaces every machine. The same seed gives the same run.
 */
export function simulateFleet(options: SimulationOptions): SimulationResult {
  const random = seededRandom(options.seed).next;
  const world = new SimWorld({ random, capacity: options.capacity });
  const rampMs = HOUR;
  const outage = { region: 'gru', from: 1.5 * HOUR, to: 2 * HOUR };
  const deployAt = 2.5 * HOUR;
  const events: SimulationResult['events'] = [];
  const samples: Sample[] = [];
  const note = (what: string): void => void events.push({ minute: world.now / MINUTE, what });
  let image = 'runner:1';
  let next = 0;
  let onlineMs = 0;
  let wantedMs = 0;

  while (world.now < options.hours * HOUR) {
    const before = world.now;
    world.tick();
    const due = Math.min(options.sessions, Math.ceil((world.now / rampMs) * options.sessions));
    for (; next < due; next += 1)
      world.addSession(next, Math.floor(next / SESSIONS_PER_WORKSPACE), pickRegion(random()));

    const settling = world.now > options.hours * HOUR - 10 * MINUTE;
    if (!settling)
      for (const machine of world.machines.values()) failAtRandom(world, machine, random);
    if (before < outage.from && world.now >= outage.from) {
      note(`${outage.region} goes down`);
      world.closedRegions.add(outage.region);
      for (const machine of world.machines.values())
        if (machine.region === outage.region) world.lose(machine, 'region outage');
    }
    if (before < outage.to && world.now >= outage.to) {
      note(`${outage.region} is back`);
      world.closedRegions.delete(outage.region);
    }
    if (before < deployAt && world.now >= deployAt) {
      note('deploy of a new image');
      image = 'runner:2';
    }
    if (world.now % MINUTE === 0) {
      for (const action of planFleet(world.facts(), settingsFor(options, image)))
        world.apply(action, image);
      samples.push(sampleOf(world));
      noteEndOfDeploy(world, image, events, note);
    }
    if (world.now > rampMs + 10 * MINUTE) {
      const online = world.sessions.filter(({ downSince }) => downSince === null).length;
      onlineMs += online;
      wantedMs += world.sessions.length;
    }
  }

  const causes = Map.groupBy(world.recoveries, ({ cause }) => cause);
  return {
    options,
    samples,
    events,
    moves: world.moves,
    created: world.created,
    recovery: Object.fromEntries(
      [...causes].map(([cause, list]) => [cause, spreadOf(list.map(({ ms }) => ms / 1_000))]),
    ),
    onlineShare: wantedMs === 0 ? 0 : onlineMs / wantedMs,
    offlineAtEnd: world.sessions.filter(
      ({ machine, downSince }) => machine === null || downSince !== null,
    ).length,
    mostMachines: Math.max(...samples.map(({ machines }) => machines)),
  };
}

const settingsFor = (options: SimulationOptions, image: string): FleetSettings => ({
  image,
  minMachines: options.machines,
  maxMachines: Math.ceil(options.machines * 1.1),
  regions: REGIONS.map(([region]) => region),
  maxSessions: options.capacity,
  reservedPercent: 0,
  idleAfterMs: 10 * MINUTE,
  changesPerRun: 30,
});

function failAtRandom(world: SimWorld, machine: SimMachine, random: () => number): void {
  if (!world.isAlive(machine)) return;
  const ticksPerHour = HOUR / 5_000;
  const dice = random() * ticksPerHour;
  if (dice < FAILURES.lossesPerHour) world.lose(machine, 'machine lost');
  else if (dice < FAILURES.lossesPerHour + FAILURES.crashesPerHour) world.crash(machine);
}

function pickRegion(dice: number): string {
  let sum = 0;
  for (const [region, share] of REGIONS) {
    sum += share;
    if (dice < sum) return region;
  }
  return 'fra';
}

function noteEndOfDeploy(
  world: SimWorld,
  image: string,
  events: SimulationResult['events'],
  note: (what: string) => void,
): void {
  const begun = events.some(({ what }) => what.startsWith('deploy'));
  const over = events.some(({ what }) => what.startsWith('every machine'));
  const left = [...world.machines.values()].some((machine) => machine.image !== image);
  if (begun && !over && !left) note('every machine runs the new image');
}

function sampleOf(world: SimWorld): Sample {
  const alive = [...world.machines.values()].filter((machine) => world.isAlive(machine));
  return {
    minute: world.now / MINUTE,
    online: world.sessions.filter(({ downSince }) => downSince === null).length,
    waiting: world.waiting.size,
    machines: alive.length,
    balance: balanceOf(alive.map(({ sessions }) => sessions)),
  };
}

function balanceOf(loads: readonly number[]): Balance {
  if (loads.length === 0) return { min: 0, mean: 0, max: 0, stddev: 0 };
  const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  const variance = loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / loads.length;
  return { min: Math.min(...loads), mean, max: Math.max(...loads), stddev: Math.sqrt(variance) };
}

/** Nearest-rank percentiles. */
function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

import { LEASE } from '../../../shared/protocol/leases.ts';
import type { MachineState } from '../../runners/fleets/port.ts';
import { PLACEABLE_HEARTBEAT_AGE_MS, reservedOf } from '../../runners/placement.ts';

/** What is known of one machine: our row, what the provider lists, and what its runner's heartbeat said. */
export type MachineFacts = {
  /** Null: the provider lists a machine of ours that we have no row of. */
  requestId: string | null;
  /** Null: asked for, and nobody knows of a machine. */
  machineId: string | null;
  region: string;
  image: string;
  desired: 'running' | 'stopped' | 'gone' | null;
  /** Of the row; of the machine when there is no row. */
  ageMs: number;
  desiredForMs: number;
  /** The provider would not make it. */
  refused: boolean;
  /** Null: the provider does not list it. */
  state: MachineState | null;
  /** Null: never heard of. */
  heartbeatAgeMs: number | null;
  /** Of its runner's last heartbeat. */
  bootId: string | null;
  /** Heard of after the provider was asked for its list: what the list says of it may be older. */
  heardSinceListed: boolean;
  /** Since an earlier run first missed its heartbeats; null when none has. */
  silentForMs: number | null;
  /** Sessions wanted running that it owns or is meant to take up. */
  sessions: number;
  maxSessions: number;
  idleForMs: number;
};

export type FleetFacts = {
  machines: readonly MachineFacts[];
  /** Sessions wanted running that no runner has, by region (null: any). */
  waiting: readonly {
    region: string | null;
    count: number;
    /** Of these, so many leave the reserved places to others; none when not given. */
    leavingReserve?: number;
  }[];
};

export type FleetSettings = {
  image: string;
  minMachines: number;
  maxMachines: number;
  /** Not empty; the first is the default. */
  regions: readonly string[];
  maxSessions: number;
  /** Of each machine's places, kept for workspaces above Basic. */
  reservedPercent: number;
  idleAfterMs: number;
  /** Machines that one run may start, and that it may send away as idle. */
  changesPerRun: number;
};

export type FleetAction =
  | { kind: 'forget'; requestId: string; why: string }
  | { kind: 'create'; region: string; why: string }
  | { kind: 'resume'; requestId: string; machineId: string; why: string }
  /** Wants it stopped or gone, if it still has no session (`onlyEmpty`), and begins with it. */
  | {
      kind: 'retire';
      requestId: string;
      machineId: string;
      to: 'stopped' | 'gone';
      onlyEmpty: boolean;
      why: string;
    }
  | { kind: 'stop'; machineId: string; why: string }
  | { kind: 'destroy'; requestId: string | null; machineId: string; why: string }
  /** The browsers of this boot are gone: what it owned may be taken at once. Goes with the removal of the machine. */
  | { kind: 'declareDead'; machineId: string; bootId: string | null; why: string }
  | { kind: 'silent'; requestId: string }
  | { kind: 'heard'; requestId: string };

export const FLEET_TIMES = {
  /** A machine without a row, or a row without a machine, is cleaned up after this. */
  halfMadeMs: 600_000,
  /** The provider's list may be older than our last word to it. */
  settleMs: 30_000,
  /** From a start to the first heartbeat. */
  bootMs: 180_000,
  /** Silent for this long while others are heard: wedged. */
  silentMs: 180_000,
  /** The same when nobody is heard: more likely it is we who are cut off. */
  silentAloneMs: 600_000,
  /** Stopped ones are kept this long to be started again. */
  keepStoppedMs: 86_400_000,
} as const;

/** States that a machine stays in and in which nothing is left that ran. */
export const AT_REST: readonly (MachineState | null)[] = [
  'stopped',
  'failed',
  'launch_failed',
  'created',
];
/** Nothing moves, and all of it goes on when somebody wakes the machine: its browsers too. */
const ASLEEP: readonly (MachineState | null)[] = ['suspending', 'suspended'];

/** Asleep for so long that no lease of it runs any more: its browsers end when it wakes, if it ever does. */
export const isAsleepForGood = ({ state, heartbeatAgeMs }: MachineFacts): boolean =>
  ASLEEP.includes(state) && (heartbeatAgeMs === null || heartbeatAgeMs > LEASE.takeoverMs);

/** States in which there is no machine any more; null: it is not listed. */
export const GONE: readonly (MachineState | null)[] = ['destroyed', 'replaced', 'migrated', null];

export const isAlive = (machine: MachineFacts): boolean =>
  machine.heartbeatAgeMs !== null && machine.heartbeatAgeMs < PLACEABLE_HEARTBEAT_AGE_MS;

/**
 * Free places of a machine that runs, or will once it has booted. One that is silent has none. `open`: those that are not
 * kept for workspaces above Basic.
 */
export function placesOf(
  machine: MachineFacts,
  settings: FleetSettings,
): { free: number; open: number } {
  const booting = machine.desiredForMs <= FLEET_TIMES.bootMs;
  if (!isAlive(machine) && !booting) return { free: 0, open: 0 };
  const most = isAlive(machine) ? machine.maxSessions : settings.maxSessions;
  return {
    free: Math.max(0, most - machine.sessions),
    open: Math.max(0, openOf(most, settings) - machine.sessions),
  };
}

/** Places of a machine with so many that everybody may have. */
export const openOf = (maxSessions: number, { reservedPercent }: FleetSettings): number =>
  maxSessions - reservedOf(maxSessions, reservedPercent);

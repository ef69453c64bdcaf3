import type { FleetAction, FleetFacts, MachineFacts } from '../fleet-facts.ts';
import { planFleet } from '../plan-fleet.ts';

export const MINUTE = 60_000;
export const SETTINGS = {
  image: 'runner:2',
  minMachines: 0,
  maxMachines: 10,
  regions: ['fra', 'ams', 'iad'],
  maxSessions: 10,
  reservedPercent: 20,
  idleAfterMs: 10 * MINUTE,
  changesPerRun: 5,
};

/** A healthy machine, up for an hour, unless said otherwise. */
export const machine = (name: string, given: Partial<MachineFacts> = {}): MachineFacts => ({
  requestId: `mch_${name}`,
  machineId: name,
  region: 'fra',
  image: 'runner:2',
  desired: 'running',
  ageMs: 60 * MINUTE,
  desiredForMs: 60 * MINUTE,
  refused: false,
  state: 'started',
  heartbeatAgeMs: 2_000,
  bootId: `boot_of_${name}`,
  heardSinceListed: false,
  silentForMs: null,
  sessions: 0,
  maxSessions: 10,
  idleForMs: 0,
  ...given,
});
export const booting = (name: string, given: Partial<MachineFacts> = {}) =>
  machine(name, { ageMs: 5_000, desiredForMs: 5_000, heartbeatAgeMs: null, ...given });
export const stopped = (name: string, given: Partial<MachineFacts> = {}) =>
  machine(name, { desired: 'stopped', state: 'stopped', heartbeatAgeMs: 9 * MINUTE, ...given });

/** An action in one line, for a table. */
const short = (action: FleetAction): string => {
  const whom = 'machineId' in action ? action.machineId : 'region' in action ? action.region : '';
  const row = 'requestId' in action && whom === '' ? action.requestId : '';
  const to = action.kind === 'retire' ? ` ${action.to}` : '';
  const why = 'why' in action ? ` (${action.why})` : '';
  return `${action.kind} ${whom}${row}${to}${why}`;
};

export type Case = {
  name: string;
  machines?: MachineFacts[];
  waiting?: FleetFacts['waiting'];
  settings?: Partial<typeof SETTINGS>;
  plan: string[];
};

/** What the planner decides in a case, an action a line. */
export function planOf({
  machines = [],
  waiting = [],
  settings = {},
}: Omit<Case, 'plan'>): string[] {
  return planFleet({ machines, waiting }, { ...SETTINGS, ...settings }).map(short);
}

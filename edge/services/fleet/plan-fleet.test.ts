import { describe, expect, it } from 'vitest';
import {
  FLEET_TIMES,
  type FleetAction,
  type FleetFacts,
  type MachineFacts,
} from './fleet-facts.ts';
import { planFleet } from './plan-fleet.ts';

const MINUTE = 60_000;
const SETTINGS = {
  image: 'runner:2',
  minMachines: 0,
  maxMachines: 10,
  regions: ['fra', 'ams', 'iad'],
  maxSessions: 10,
  idleAfterMs: 10 * MINUTE,
  changesPerRun: 5,
};

/** A healthy machine, up for an hour, unless said otherwise. */
const machine = (name: string, given: Partial<MachineFacts> = {}): MachineFacts => ({
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
const booting = (name: string, given: Partial<MachineFacts> = {}) =>
  machine(name, { ageMs: 5_000, desiredForMs: 5_000, heartbeatAgeMs: null, ...given });
const stopped = (name: string, given: Partial<MachineFacts> = {}) =>
  machine(name, { desired: 'stopped', state: 'stopped', heartbeatAgeMs: 9 * MINUTE, ...given });

const short = (action: FleetAction): string => {
  const whom = 'machineId' in action ? action.machineId : 'region' in action ? action.region : '';
  const row = 'requestId' in action && whom === '' ? action.requestId : '';
  const to = action.kind === 'retire' ? ` ${action.to}` : '';
  const why = 'why' in action ? ` (${action.why})` : '';
  return `${action.kind} ${whom}${row}${to}${why}`;
};

type Case = {
  name: string;
  machines?: MachineFacts[];
  waiting?: FleetFacts['waiting'];
  settings?: Partial<typeof SETTINGS>;
  plan: string[];
};

const CASES: Case[] = [
  { name: 'nothing to do', machines: [machine('a', { sessions: 3 })], plan: [] },
  { name: 'an empty fleet that nobody needs', plan: [] },

  // Growth
  {
    name: 'a session waits and there is no machine',
    waiting: [{ region: 'iad', count: 1 }],
    plan: ['create iad (sessions_wait)'],
  },
  {
    name: 'a session without region: the first one',
    waiting: [{ region: null, count: 1 }],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'a region we are not in: the nearest',
    waiting: [{ region: 'lhr', count: 1 }],
    plan: ['create ams (sessions_wait)'],
  },
  {
    name: 'there is room: its heartbeat will take it up',
    machines: [machine('a', { sessions: 9 })],
    waiting: [{ region: 'iad', count: 1 }],
    plan: [],
  },
  {
    name: 'a machine that boots counts',
    machines: [machine('a', { sessions: 10 }), booting('b')],
    waiting: [{ region: 'fra', count: 10 }],
    plan: [],
  },
  {
    name: 'a row whose machine is being made counts',
    machines: [booting('b', { machineId: null, state: null })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: [],
  },
  {
    name: 'ten more than it has room for: one machine more',
    machines: [machine('a', { sessions: 8 })],
    waiting: [{ region: 'fra', count: 12 }],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'one machine per session: as many as sessions',
    settings: { maxSessions: 1 },
    waiting: [{ region: 'fra', count: 3 }],
    plan: [
      'create fra (sessions_wait)',
      'create fra (sessions_wait)',
      'create fra (sessions_wait)',
    ],
  },
  {
    name: 'each region its own',
    settings: { maxSessions: 1 },
    waiting: [
      { region: 'iad', count: 1 },
      { region: 'fra', count: 1 },
    ],
    plan: ['create fra (sessions_wait)', 'create iad (sessions_wait)'],
  },
  {
    name: 'what one region has to spare serves the next',
    waiting: [
      { region: 'iad', count: 4 },
      { region: 'fra', count: 5 },
    ],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'no more than the most',
    settings: { maxMachines: 1 },
    machines: [machine('a', { sessions: 10 })],
    waiting: [{ region: 'fra', count: 50 }],
    plan: [],
  },
  {
    name: 'no more than a run may',
    settings: { changesPerRun: 2 },
    waiting: [{ region: 'fra', count: 100 }],
    plan: ['create fra (sessions_wait)', 'create fra (sessions_wait)'],
  },
  {
    name: 'a stopped one before a new one',
    machines: [stopped('s')],
    waiting: [{ region: 'iad', count: 1 }],
    plan: ['resume s (sessions_wait)'],
  },
  {
    name: 'the stopped one that is nearest',
    machines: [stopped('s', { region: 'iad' }), stopped('t', { region: 'ams' })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: ['resume t (sessions_wait)'],
  },
  {
    name: 'not one that is still stopping',
    machines: [stopped('s', { state: 'stopping' })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'a neighbour when the region has just refused',
    machines: [machine('r', { machineId: null, state: null, refused: true, ageMs: MINUTE })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: ['create ams (sessions_wait)'],
  },
  {
    name: 'nothing when all regions have refused',
    settings: { regions: ['fra'] },
    machines: [machine('r', { machineId: null, state: null, refused: true, ageMs: MINUTE })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: [],
  },
  {
    name: 'the least number, spread over the regions',
    settings: { minMachines: 3 },
    machines: [machine('a')],
    plan: ['create ams (minimum)', 'create iad (minimum)'],
  },

  // Deaths
  {
    name: 'stopped though wanted: dead, removed, replaced for what it carried',
    machines: [machine('a', { state: 'stopped', sessions: 4 })],
    plan: ['declareDead a (died)', 'destroy a (died)', 'create fra (sessions_wait)'],
  },
  {
    name: 'failed though wanted, with room elsewhere: not replaced',
    machines: [machine('a', { state: 'failed', sessions: 4 }), machine('b', { sessions: 1 })],
    plan: ['declareDead a (died)', 'destroy a (died)'],
  },
  {
    name: 'gone from the list and silent',
    machines: [
      machine('a', { state: null, sessions: 1, heartbeatAgeMs: MINUTE, silentForMs: 1_000 }),
    ],
    plan: ['declareDead a (died)', 'forget mch_a (died)', 'create fra (sessions_wait)'],
  },
  {
    name: 'gone from the list, but it speaks: the list is wrong',
    machines: [machine('a', { state: null })],
    plan: [],
  },
  {
    name: 'just started, and the list still says stopped',
    machines: [booting('a', { state: 'stopped' })],
    plan: [],
  },
  {
    name: 'stopped by the list, but heard of since: its platform moved it, and it is up again',
    machines: [machine('a', { state: 'stopped', sessions: 4, heardSinceListed: true })],
    plan: [],
  },
  ...(['suspended', 'suspending'] as const).map((state) => ({
    name: `${state}, and its leases may still run: not dead, since its browsers may wake`,
    machines: [machine('a', { state, sessions: 4, heartbeatAgeMs: 34_000 })],
    plan: ['silent mch_a'],
  })),
  {
    name: 'suspended until no lease of it runs: removed, then declared dead, and replaced',
    machines: [machine('a', { state: 'suspended', sessions: 4, heartbeatAgeMs: 36_000 })],
    plan: [
      'silent mch_a',
      'destroy a (asleep)',
      'declareDead a (asleep)',
      'create fra (sessions_wait)',
    ],
  },
  {
    name: 'silent: noted first',
    machines: [
      machine('a', { heartbeatAgeMs: MINUTE, sessions: 2 }),
      machine('b', { sessions: 1 }),
    ],
    plan: ['silent mch_a'],
  },
  {
    name: 'silent for long while others speak: removed, then declared dead',
    machines: [
      machine('a', {
        heartbeatAgeMs: 5 * MINUTE,
        silentForMs: FLEET_TIMES.silentMs + 1,
        sessions: 2,
      }),
      machine('b', { sessions: 1 }),
    ],
    plan: ['destroy a (silent)', 'declareDead a (silent)'],
  },
  {
    name: 'all silent: more patience',
    machines: [machine('a', { heartbeatAgeMs: 5 * MINUTE, silentForMs: FLEET_TIMES.silentMs + 1 })],
    plan: [],
  },
  {
    name: 'all silent for very long: one a run',
    machines: ['a', 'b'].map((name) =>
      machine(name, { heartbeatAgeMs: 20 * MINUTE, silentForMs: FLEET_TIMES.silentAloneMs + 1 }),
    ),
    plan: ['destroy a (silent)', 'declareDead a (silent)'],
  },
  {
    name: 'heard again',
    machines: [machine('a', { silentForMs: MINUTE, sessions: 1 })],
    plan: ['heard mch_a'],
  },

  // Idle ones
  {
    name: 'idle for long: stopped',
    machines: [machine('a', { idleForMs: 10 * MINUTE })],
    plan: ['retire a stopped (idle)'],
  },
  {
    name: 'idle, not for long',
    machines: [machine('a', { idleForMs: 10 * MINUTE - 1 })],
    plan: [],
  },
  {
    name: 'never one that carries a session',
    machines: [machine('a', { idleForMs: 60 * MINUTE, sessions: 1 })],
    plan: [],
  },
  {
    name: 'not below the least number; the one that idles longest goes',
    settings: { minMachines: 1 },
    machines: [machine('a', { idleForMs: 20 * MINUTE }), machine('b', { idleForMs: 30 * MINUTE })],
    plan: ['retire b stopped (idle)'],
  },
  {
    name: 'not while sessions wait and machines are made',
    machines: [machine('a', { idleForMs: 20 * MINUTE, maxSessions: 1 })],
    waiting: [{ region: 'fra', count: 12 }],
    plan: ['create fra (sessions_wait)', 'create fra (sessions_wait)'],
  },
  {
    name: 'not while a session waits for its next heartbeat',
    machines: [machine('a', { idleForMs: 20 * MINUTE })],
    waiting: [{ region: 'fra', count: 1 }],
    plan: [],
  },
  {
    name: 'not one that has yet to speak',
    machines: [booting('a', { idleForMs: 20 * MINUTE })],
    plan: [],
  },
  {
    name: 'wanted stopped and still up: told again',
    machines: [stopped('a', { state: 'started' })],
    plan: ['stop a (wanted_stopped)'],
  },
  { name: 'stopping: waited for', machines: [stopped('a', { state: 'stopping' })], plan: [] },
  {
    name: 'stopped for a day: removed',
    machines: [stopped('a', { desiredForMs: FLEET_TIMES.keepStoppedMs })],
    plan: ['destroy a (stopped_for_long)'],
  },
  {
    name: 'wanted gone and at rest: removed',
    machines: [stopped('a', { desired: 'gone' })],
    plan: ['destroy a (retired)'],
  },
  {
    name: 'wanted gone and killed before it had given all back: what it had is free at once',
    machines: [stopped('a', { desired: 'gone', sessions: 2 })],
    plan: ['declareDead a (retired)', 'destroy a (retired)'],
  },
  {
    name: 'wanted gone, and asleep: removed when no lease of it runs',
    machines: [
      stopped('a', { desired: 'gone', state: 'suspended' }),
      stopped('b', { desired: 'gone', state: 'suspended', heartbeatAgeMs: 1_000 }),
    ],
    plan: ['destroy a (asleep)', 'stop b (wanted_gone)'],
  },
  {
    name: 'wanted gone, and gone: forgotten',
    machines: [stopped('a', { desired: 'gone', state: null })],
    plan: ['forget mch_a (machine_gone)'],
  },

  // Deploys
  {
    name: 'old image, its sessions have somewhere to go: drained',
    machines: [machine('a', { image: 'runner:1', sessions: 4 }), machine('b', { sessions: 5 })],
    plan: ['retire a gone (deploy)'],
  },
  {
    name: 'old image, no room: a new machine first',
    machines: [machine('a', { image: 'runner:1', sessions: 4 }), machine('b', { sessions: 7 })],
    plan: ['create fra (deploy)'],
  },
  {
    name: 'the new machine is booting: waited for',
    machines: [machine('a', { image: 'runner:1', sessions: 4 }), booting('b')],
    plan: [],
  },
  {
    name: 'old image and the fleet is at its most: drained without a replacement',
    settings: { maxMachines: 1 },
    machines: [machine('a', { image: 'runner:1', sessions: 4 })],
    plan: ['retire a gone (deploy)'],
  },
  {
    name: 'one by one, the emptiest first',
    machines: [
      machine('a', { image: 'runner:1', sessions: 4 }),
      machine('b', { image: 'runner:1', sessions: 2 }),
      machine('c'),
    ],
    plan: ['retire b gone (deploy)'],
  },
  {
    name: 'not while another is leaving',
    machines: [
      machine('a', { image: 'runner:1', sessions: 4 }),
      machine('b', { image: 'runner:1', desired: 'gone', state: 'stopping' }),
      machine('c'),
    ],
    plan: [],
  },

  // Half-made ones
  {
    name: 'a row without machine: given up after ten minutes',
    machines: [
      booting('a', { machineId: null, state: null, ageMs: FLEET_TIMES.halfMadeMs }),
      booting('b', { machineId: null, state: null, ageMs: FLEET_TIMES.halfMadeMs - 1 }),
    ],
    plan: ['forget mch_a (never_made)'],
  },
  {
    name: 'a machine without row: removed after ten minutes',
    machines: [
      machine('a', { requestId: null, desired: null, ageMs: FLEET_TIMES.halfMadeMs }),
      machine('b', { requestId: null, desired: null, ageMs: FLEET_TIMES.halfMadeMs - 1 }),
    ],
    plan: ['destroy a (no_row)'],
  },
];

describe('planFleet', () => {
  it.each(CASES)('$name', ({ machines = [], waiting = [], settings = {}, plan }) => {
    const actions = planFleet({ machines, waiting }, { ...SETTINGS, ...settings });
    expect(actions.map(short)).toEqual(plan);
  });

  it('sends away as idle only what still has no session when it is done', () => {
    const [action] = planFleet(
      { machines: [machine('a', { idleForMs: 60 * MINUTE })], waiting: [] },
      SETTINGS,
    );
    expect(action).toMatchObject({ kind: 'retire', onlyEmpty: true });
  });
});

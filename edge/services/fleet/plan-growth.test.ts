import { describe, expect, it } from 'vitest';
import { type Case, booting, machine, MINUTE, planOf, stopped } from './testing/plan.ts';

const CASES: Case[] = [
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
    name: 'those of Basic workspaces have none of the places that are kept',
    machines: [machine('a', { sessions: 8 })],
    waiting: [{ region: 'fra', count: 1, leavingReserve: 1 }],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'eight of Basic workspaces and two others fill one machine',
    waiting: [{ region: 'fra', count: 10, leavingReserve: 8 }],
    plan: ['create fra (sessions_wait)'],
  },
  {
    name: 'nine of Basic workspaces are too many for one',
    waiting: [{ region: 'fra', count: 9, leavingReserve: 9 }],
    plan: ['create fra (sessions_wait)', 'create fra (sessions_wait)'],
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
  {
    name: 'the least number: a machine that is started again counts in its region',
    settings: { minMachines: 3 },
    machines: [machine('a'), stopped('b', { region: 'ams' })],
    plan: ['resume b (minimum)', 'create iad (minimum)'],
  },
];

describe('growth', () => {
  it.each(CASES)('$name', (given) => {
    expect(planOf(given)).toEqual(given.plan);
  });
});

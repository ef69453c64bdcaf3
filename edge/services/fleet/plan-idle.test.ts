import { describe, expect, it } from 'vitest';
import { FLEET_TIMES } from './fleet-facts.ts';
import { planFleet } from './plan-fleet.ts';
import { type Case, booting, machine, MINUTE, planOf, SETTINGS, stopped } from './testing/plan.ts';

const CASES: Case[] = [
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
];

describe('idle machines', () => {
  it.each(CASES)('$name', (given) => {
    expect(planOf(given)).toEqual(given.plan);
  });

  it('sends away as idle only what still has no session when it is done', () => {
    const [action] = planFleet(
      { machines: [machine('a', { idleForMs: 60 * MINUTE })], waiting: [] },
      SETTINGS,
    );
    expect(action).toMatchObject({ kind: 'retire', onlyEmpty: true });
  });
});

import { describe, expect, it } from 'vitest';
import { FLEET_TIMES } from './fleet-facts.ts';
import { type Case, booting, machine, MINUTE, planOf } from './testing/plan.ts';

const CASES: Case[] = [
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
];

describe('deaths', () => {
  it.each(CASES)('$name', (given) => {
    expect(planOf(given)).toEqual(given.plan);
  });
});

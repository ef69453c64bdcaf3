import { describe, expect, it } from 'vitest';
import { FLEET_TIMES } from './fleet-facts.ts';
import { type Case, booting, machine, planOf } from './testing/plan.ts';

const CASES: Case[] = [
  { name: 'nothing to do', machines: [machine('a', { sessions: 3 })], plan: [] },
  { name: 'an empty fleet that nobody needs', plan: [] },
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
  it.each(CASES)('$name', (given) => {
    expect(planOf(given)).toEqual(given.plan);
  });
});

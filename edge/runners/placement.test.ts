import { describe, expect, it } from 'vitest';
import { choosePlacement, type RunnerLoad } from './placement.ts';

function runner(runnerId: string, facts: Partial<RunnerLoad> = {}): RunnerLoad {
  return {
    runnerId,
    bootId: `boot-of-${runnerId}`,
    url: `http://${runnerId}.test`,
    region: 'fra',
    maxSessions: 10,
    sessions: 0,
    draining: false,
    heartbeatAgeMs: 1_000,
    ...facts,
  };
}

const CASES: readonly {
  name: string;
  runners: readonly RunnerLoad[];
  region?: string;
  chosen: string | null;
}[] = [
  { name: 'none at all', runners: [], chosen: null },
  { name: 'the only one', runners: [runner('a')], chosen: 'a' },
  { name: 'a full one never', runners: [runner('a', { sessions: 10 })], chosen: null },
  { name: 'an overfull one never', runners: [runner('a', { sessions: 12 })], chosen: null },
  { name: 'its last free place', runners: [runner('a', { sessions: 9 })], chosen: 'a' },
  { name: 'a draining one never', runners: [runner('a', { draining: true })], chosen: null },
  {
    name: 'one silent for 15 s never',
    runners: [runner('a', { heartbeatAgeMs: 15_000 })],
    chosen: null,
  },
  {
    name: 'one silent for just under 15 s',
    runners: [runner('a', { heartbeatAgeMs: 14_999 })],
    chosen: 'a',
  },
  {
    name: 'the least loaded',
    runners: [runner('a', { sessions: 3 }), runner('b', { sessions: 2 })],
    chosen: 'b',
  },
  {
    name: 'by share of capacity, not by count',
    runners: [
      runner('a', { sessions: 3, maxSessions: 4 }),
      runner('b', { sessions: 5, maxSessions: 50 }),
    ],
    chosen: 'b',
  },
  { name: 'equal ones by id', runners: [runner('b'), runner('a'), runner('c')], chosen: 'a' },
  {
    name: 'the wanted region before a lighter load',
    runners: [runner('a', { region: 'gru' }), runner('b', { sessions: 9 })],
    region: 'fra',
    chosen: 'b',
  },
  {
    name: 'another region when the wanted one is full',
    runners: [runner('a', { region: 'gru', sessions: 4 }), runner('b', { sessions: 10 })],
    region: 'fra',
    chosen: 'a',
  },
  {
    name: 'another region when nobody is in the wanted one',
    runners: [runner('a', { region: 'gru' })],
    region: 'fra',
    chosen: 'a',
  },
];

describe('choosePlacement', () => {
  it.each(CASES)('$name', ({ runners, region, chosen }) => {
    expect(choosePlacement(runners, { region: region ?? null })?.runnerId ?? null).toBe(chosen);
  });

  it('does not depend on the order of the list', () => {
    const runners = [runner('a', { sessions: 5 }), runner('b', { sessions: 5 }), runner('c')];
    const forwards = choosePlacement(runners, { region: null });
    expect(choosePlacement(runners.toReversed(), { region: null })).toEqual(forwards);
  });
});

import { describe, expect, it } from 'vitest';
import { choosePlacement, type RunnerLoad, STARTS_PER_MINUTE } from './placement.ts';

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
  workspaceStarts?: number;
  reservedPercent?: number;
  chosen: string | null;
}[] = [
  { name: 'none at all', runners: [], chosen: null },
  { name: 'the only one', runners: [runner('a')], chosen: 'a' },
  { name: 'a full one never', runners: [runner('a', { sessions: 10 })], chosen: null },
  { name: 'an overfull one never', runners: [runner('a', { sessions: 12 })], chosen: null },
  { name: 'its last free place', runners: [runner('a', { sessions: 9 })], chosen: 'a' },
  {
    name: 'a kept place never',
    runners: [runner('a', { sessions: 8 })],
    reservedPercent: 20,
    chosen: null,
  },
  {
    name: 'the last that is not kept',
    runners: [runner('a', { sessions: 8 }), runner('b', { sessions: 7, maxSessions: 9 })],
    reservedPercent: 20,
    chosen: 'b',
  },
  {
    name: 'the only place there is, of which no share can be kept',
    runners: [runner('a', { maxSessions: 1 })],
    reservedPercent: 20,
    chosen: 'a',
  },
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
  {
    name: 'the nearest neighbour, however loaded, before a farther one',
    runners: [
      runner('a', { region: 'gru' }),
      runner('b', { region: 'ams', sessions: 8 }),
      runner('c', { region: 'iad' }),
      runner('d', { region: 'fra', sessions: 10 }),
    ],
    region: 'fra',
    chosen: 'b',
  },
  {
    name: 'a region that nobody knows: any, the least loaded',
    runners: [runner('a', { region: 'gru', sessions: 3 }), runner('b', { region: 'ams' })],
    region: 'mars',
    chosen: 'b',
  },
  {
    name: 'a region that nobody knows but one runner is in',
    runners: [runner('a'), runner('b', { region: 'local', sessions: 9 })],
    region: 'local',
    chosen: 'b',
  },
  { name: 'a cordoned one never', runners: [runner('a', { cordoned: true })], chosen: null },
  {
    name: 'one machine per session: an empty one',
    runners: [
      runner('a', { maxSessions: 1, sessions: 1 }),
      runner('b', { maxSessions: 1, sessions: 0 }),
    ],
    chosen: 'b',
  },
  {
    name: 'one machine per session: none when all are taken',
    runners: [runner('a', { maxSessions: 1, sessions: 1 })],
    chosen: null,
  },
  {
    name: 'not one that has begun as many as it may, even if it is emptier',
    runners: [
      runner('a', { maxSessions: 50, startsLastMinute: STARTS_PER_MINUTE.runner }),
      runner('b', { sessions: 9, startsLastMinute: STARTS_PER_MINUTE.runner - 1 }),
    ],
    chosen: 'b',
  },
  {
    name: 'none for a workspace that has begun as many as it may',
    runners: [runner('a')],
    workspaceStarts: STARTS_PER_MINUTE.workspace,
    chosen: null,
  },
  {
    name: "a workspace's last start of the minute",
    runners: [runner('a')],
    workspaceStarts: STARTS_PER_MINUTE.workspace - 1,
    chosen: 'a',
  },
];

describe('choosePlacement', () => {
  it.each(CASES)(
    '$name',
    ({ runners, region, workspaceStarts = 0, reservedPercent = 0, chosen }) => {
      const want = {
        region: region ?? null,
        workspaceStartsLastMinute: workspaceStarts,
        reservedPercent,
      };
      expect(choosePlacement(runners, want)?.runnerId ?? null).toBe(chosen);
    },
  );

  it('spreads: placed one after the other, sessions end up even', () => {
    const fleet = ['a', 'b', 'c'].map((id) => runner(id));
    for (let placed = 0; placed < 12; placed += 1) {
      const chosen = choosePlacement(fleet, { region: 'fra' });
      if (chosen !== null) chosen.sessions += 1;
    }
    expect(fleet.map(({ sessions }) => sessions)).toEqual([4, 4, 4]);
  });

  it('does not depend on the order of the list', () => {
    const runners = [runner('a', { sessions: 5 }), runner('b', { sessions: 5 }), runner('c')];
    const forwards = choosePlacement(runners, { region: null });
    expect(choosePlacement(runners.toReversed(), { region: null })).toEqual(forwards);
  });
});

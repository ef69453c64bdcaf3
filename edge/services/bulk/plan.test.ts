import { describe, expect, test } from 'vitest';
import { planBulk } from './plan.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_000 * DAY;

type Given = Partial<Parameters<typeof planBulk>[0]>;
const plan = (given: Given) =>
  planBulk({
    isFirstContact: [],
    start: START,
    until: START + 30 * DAY,
    pacing: { minIntervalMs: 2 * SECOND, jitterMs: 0 },
    limits: { perHour: null, perDay: null },
    taken: [],
    random: () => 0,
    ...given,
  }).map((at) => (at === null ? null : at - START));
const many = (number: number, isFirst = true) => Array.from({ length: number }, () => isFirst);

test.each<[what: string, given: Given, offsets: (number | null)[]]>([
  ['nobody', {}, []],
  ['known chats', { isFirstContact: many(3, false) }, [0, 2 * SECOND, 4 * SECOND]],
  ['new ones without limits', { isFirstContact: many(3) }, [0, 2 * SECOND, 4 * SECOND]],
  [
    'pauses at random',
    {
      isFirstContact: many(3, false),
      pacing: { minIntervalMs: SECOND, jitterMs: 500 },
      random: () => 0.999,
    },
    [0, 1_499, 2_998],
  ],
  [
    'no pauses',
    { isFirstContact: many(3, false), pacing: { minIntervalMs: 0, jitterMs: 0 } },
    [0, 0, 0],
  ],
  [
    'an hour’s limit',
    { isFirstContact: many(5), limits: { perHour: 2, perDay: null } },
    [0, 2 * SECOND, HOUR, HOUR + 2 * SECOND, 2 * HOUR],
  ],
  [
    'a day’s limit',
    { isFirstContact: many(3), limits: { perHour: null, perDay: 1 } },
    [0, DAY, 2 * DAY],
  ],
  [
    'both',
    { isFirstContact: many(4), limits: { perHour: 1, perDay: 2 } },
    [0, HOUR, DAY, DAY + HOUR],
  ],
  [
    'known chats among new ones that have to wait',
    { isFirstContact: [true, true, false, true, false], limits: { perHour: 1, perDay: null } },
    [0, HOUR, 2 * SECOND, 2 * HOUR, 4 * SECOND],
  ],
  [
    'what the session has had within the hour',
    {
      isFirstContact: many(2),
      limits: { perHour: 2, perDay: null },
      taken: [START - 10 * MINUTE, START - 50 * MINUTE],
    },
    [10 * MINUTE, 50 * MINUTE],
  ],
  [
    'what it has planned: between, if there is room, else behind',
    {
      isFirstContact: many(3),
      limits: { perHour: 1, perDay: null },
      taken: [START + 30 * MINUTE, START + 3 * HOUR],
    },
    [90 * MINUTE, 4 * HOUR, 5 * HOUR],
  ],
  [
    'nobody later than it may be',
    {
      isFirstContact: [true, true, true, false],
      limits: { perHour: null, perDay: 1 },
      until: START + DAY,
    },
    [0, DAY, null, 2 * SECOND],
  ],
])('%s', (_what, given, offsets) => {
  expect(plan(given)).toEqual(offsets);
});

describe('however a session’s first contacts lie', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  test.each(seeds)('no hour and no day has more than its limit (%i)', (seed) => {
    const random = numbers(seed);
    const limits = { perHour: 1 + Math.floor(random() * 5), perDay: 3 + Math.floor(random() * 20) };
    // What the session has already keeps the limits, as it would.
    const taken = plan({
      isFirstContact: many(10),
      start: START - 20 * HOUR,
      pacing: { minIntervalMs: 50 * MINUTE, jitterMs: 5 * HOUR },
      limits,
      random,
    }).map((at) => START + (at ?? 0));
    const isFirstContact = Array.from({ length: 80 }, () => random() < 0.7);
    const planned = plan({ isFirstContact, limits, taken, random });
    const all = [
      ...taken,
      ...planned.flatMap((at, index) => (at !== null && isFirstContact[index] ? [START + at] : [])),
    ].toSorted((a, b) => a - b);
    const spans = (limit: number) =>
      all.slice(limit).map((at, index) => at - (all[index] ?? Number.NaN));
    expect(Math.min(...spans(limits.perHour))).toBeGreaterThanOrEqual(HOUR);
    expect(Math.min(...spans(limits.perDay))).toBeGreaterThanOrEqual(DAY);
    expect(planned).not.toContain(null);
  });

  /** Numbers from 0 to 1, the same for the same seed. */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  }
});

import { expect, it } from 'vitest';
import { failuresInARow } from './failures-in-a-row.ts';

const LIMIT = { failures: 3, withinMs: 100 };

it.each([
  { name: 'the first', before: [], at: 0, ranMs: 0, after: [0] },
  { name: 'one soon after it', before: [0], at: 99, ranMs: 5, after: [0, 99] },
  { name: 'one when the first is too long ago', before: [0], at: 100, ranMs: 5, after: [100] },
  {
    name: 'one that outlives the first alone',
    before: [0, 50],
    at: 120,
    ranMs: 5,
    after: [50, 120],
  },
  { name: 'the one too many', before: [0, 50], at: 99, ranMs: 5, after: [0, 50, 99] },
  { name: 'a later one of a row', before: [0, 1, 2], at: 5_000, ranMs: 5, after: [0, 1, 2, 5_000] },
  { name: 'one after a good run', before: [0, 1], at: 101, ranMs: 100, after: [101] },
  {
    name: 'one after a good run that ended a row',
    before: [0, 1, 2],
    at: 900,
    ranMs: 100,
    after: [900],
  },
  {
    name: 'one after a run that was too short',
    before: [0, 1, 2],
    at: 900,
    ranMs: 99,
    after: [0, 1, 2, 900],
  },
])('$name counts with $after', ({ before, at, ranMs, after }) => {
  expect(failuresInARow(before, { at, ranMs }, LIMIT)).toEqual(after);
});

it('failures that are far apart never come to the limit', () => {
  let row: number[] = [];
  for (let at = 0; at < 10_000; at += 60) {
    row = failuresInARow(row, { at, ranMs: 60 }, LIMIT);
    expect(row.length).toBeLessThan(LIMIT.failures);
  }
});

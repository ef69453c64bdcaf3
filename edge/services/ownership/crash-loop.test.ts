import { expect, it } from 'vitest';
import { afterFailedStarts, delaysByFailures } from './crash-loop.ts';

it.each([
  { failures: 0, crashLoop: false, minutes: 0 },
  { failures: 1, crashLoop: false, minutes: 0 },
  { failures: 4, crashLoop: false, minutes: 0 },
  { failures: 5, crashLoop: true, minutes: 1 },
  { failures: 6, crashLoop: true, minutes: 2 },
  { failures: 7, crashLoop: true, minutes: 4 },
  { failures: 9, crashLoop: true, minutes: 16 },
  { failures: 10, crashLoop: true, minutes: 30 },
  { failures: 5_000, crashLoop: true, minutes: 30 },
])(
  'after $failures failed starts: $crashLoop, $minutes min',
  ({ failures, crashLoop, minutes }) => {
    expect(afterFailedStarts(failures)).toEqual({ crashLoop, delayMs: minutes * 60_000 });
  },
);

it('the table for SQL ends with the longest delay', () => {
  const minutes = delaysByFailures().map((delay) => delay / 60_000);
  expect(minutes).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 30]);
});

import { expect, test } from 'vitest';
import { parseDurationMs } from './duration.ts';

test.each([
  ['10s', 10_000],
  ['250ms', 250],
  ['1d10h30m', 124_200_000],
  ['1.5h', 5_400_000],
  ['6m5s', 365_000],
  ['30', 30_000],
  ['0', 0],
  [' 5s ', 5_000],
])('%s is %d ms', (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

test.each(['', 's', '10x', '-1s', '1s junk', '1e3s', 'Wed, 21 Oct 2026 07:28:00 GMT'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  },
);

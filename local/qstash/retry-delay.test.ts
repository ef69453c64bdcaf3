import { expect, test } from 'vitest';
import { isRetryDelay, retryDelayMs } from './retry-delay.ts';

const EVERY = 'pow(3, retried) * 15000';

test.each([
  [0, undefined, 15_000],
  [2, undefined, 135_000],
  [20, undefined, 86_400_000],
  [0, '7', 7_000],
  [0, '0', 0],
  [0, '100000', 86_400_000],
  [0, 'soon', 15_000],
])('after %d retries, told %s, the next comes in %d ms', (retried, retryAfter, expected) => {
  expect(retryDelayMs(EVERY, retried, retryAfter)).toBe(expected);
});

test.each(['', '1000', 'process.exit()', 'pow(3, retried) * 15000; 1', 'pow(2, retried)'])(
  '"%s" is none that is served here',
  (expression) => {
    expect(isRetryDelay(expression)).toBe(false);
  },
);

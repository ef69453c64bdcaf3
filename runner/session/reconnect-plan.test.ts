import { expect, it } from 'vitest';
import { planReconnect } from './reconnect-plan.ts';

const TIMING = {
  retry: { baseMs: 1_000, maxMs: 60_000 },
  giveUpAfter: 8,
  giveUpWithinMs: 1_800_000,
  slowRetryMs: 600_000,
};

it.each([
  [1, 500, 1_000, false],
  [2, 1_000, 2_000, false],
  [3, 2_000, 4_000, false],
  [6, 16_000, 32_000, false],
  [7, 30_000, 60_000, false],
  [8, 300_000, 600_000, true],
  [9, 600_000, 1_200_000, true],
  [10, 900_000, 1_800_000, true],
  [500, 900_000, 1_800_000, true],
])('attempt %i comes after %i to %i ms', (failed, least, most, gaveUp) => {
  expect(planReconnect(failed, TIMING, () => 0)).toEqual({
    attempt: failed,
    delayMs: least,
    gaveUp,
  });
  expect(planReconnect(failed, TIMING, () => 1).delayMs).toBe(most);
});

it('sessions that broke together do not come back together', () => {
  const delays = Array.from({ length: 50 }, () => planReconnect(4, TIMING, Math.random).delayMs);
  expect(new Set(delays).size).toBeGreaterThan(20);
  for (const delay of delays) {
    expect(delay).toBeGreaterThanOrEqual(4_000);
    expect(delay).toBeLessThanOrEqual(8_000);
  }
});

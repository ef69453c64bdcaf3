import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, parseRetryAfter, retryDelayMs } from './retry-schedule.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

describe('retryDelayMs', () => {
  it.each([
    [1, 0],
    [2, 5 * SECOND],
    [3, 300 * SECOND],
    [4, 1_800 * SECOND],
    [5, 2 * HOUR],
    [6, 5 * HOUR],
    [7, 10 * HOUR],
    [8, 14 * HOUR],
    [9, 20 * HOUR],
    [10, 24 * HOUR],
    [11, 24 * HOUR],
  ])('waits before attempt %i by the schedule', (attemptNo, expected) => {
    const delay = (random: number) => retryDelayMs({ attemptNo, retryAfterMs: null, random });
    expect(delay(0.5)).toBe(expected);
    expect(delay(0)).toBe(expected * 0.9);
    expect(delay(1)).toBeCloseTo(expected * 1.1, 3);
  });

  it.each([
    ['at once', 0, 5 * SECOND],
    ['sooner than the schedule', SECOND, 5 * SECOND],
    ['later', 120 * SECOND, 120 * SECOND],
    ['later than a day', 48 * HOUR, 24 * HOUR],
  ])(
    'a receiver that asks to be called %s only lengthens the schedule',
    (_when, asked, delayMs) => {
      expect(retryDelayMs({ attemptNo: 2, retryAfterMs: asked, random: 0.5 })).toBe(delayMs);
    },
  );

  it('the schedule holds for a whole delivery, whatever is asked for', () => {
    const delays = Array.from({ length: 7 }, (_, index) =>
      retryDelayMs({ attemptNo: index + 2, retryAfterMs: 0, random: 0 }),
    );
    expect(delays.reduce((sum, delay) => sum + delay)).toBeGreaterThan(27 * HOUR);
  });

  it('has a delay for each attempt that an endpoint can ask for', () => {
    expect(MAX_ATTEMPTS).toBe(10);
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 10, 20);
  it.each([
    [null, null],
    ['', null],
    ['120', 120 * SECOND],
    [' 0 ', 0],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['2026', 2_026 * SECOND],
    ['Fri, 20 Nov 2026 00:01:00 GMT', 60 * SECOND],
    ['Thu, 19 Nov 2026 00:00:00 GMT', 0],
    ['Foo, 99 Nov 2026', null],
  ])('reads %j as %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, parseRetryAfter, retryDelayMs, retryDelaysOf } from './retry-schedule.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

describe('retryDelayMs', () => {
  it.each([5, 300, 50_400])('waits %i s, give or take a tenth', (delaySeconds) => {
    const delay = (random: number) => retryDelayMs({ delaySeconds, retryAfterMs: null, random });
    expect(delay(0.5)).toBe(delaySeconds * SECOND);
    expect(delay(0)).toBe(delaySeconds * SECOND * 0.9);
    expect(delay(1)).toBeCloseTo(delaySeconds * SECOND * 1.1, 3);
  });

  it.each([
    ['at once', 0, 5 * SECOND],
    ['sooner than the schedule', SECOND, 5 * SECOND],
    ['later', 120 * SECOND, 120 * SECOND],
    ['later than a day', 48 * HOUR, 24 * HOUR],
  ])(
    'a receiver that asks to be called %s only lengthens the schedule',
    (_when, retryAfterMs, delayMs) => {
      expect(retryDelayMs({ delaySeconds: 5, retryAfterMs, random: 0.5 })).toBe(delayMs);
    },
  );
});

describe('retryDelaysOf', () => {
  const STANDARD = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400];
  const LONG = [...STANDARD, 72_000, 72_000];
  it.each([
    [{}, undefined],
    [{ retryDelays: 'quick' }, [5, 30, 120, 600]],
    [{ retryDelays: 'standard' }, STANDARD],
    [{ retryDelays: 'long' }, LONG],
    [{ retryDelays: [1, 2] }, [1, 2]],
    [{ retryDelays: [] }, []],
    [{ maxAttempts: 1 }, []],
    [{ maxAttempts: 3 }, [5, 300]],
    [{ maxAttempts: 8 }, STANDARD],
    [{ maxAttempts: MAX_ATTEMPTS }, LONG],
  ] as const)('%j is %j', (wanted, delays) => {
    expect(retryDelaysOf(wanted)).toEqual(delays);
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

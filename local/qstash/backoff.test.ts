import { expect, test } from 'vitest';
import { defaultBackoffMs, retryDelayMs } from './backoff.ts';

const now = Date.UTC(2026, 0, 1);

test.each([
  [1, 12],
  [2, 148],
  [3, 1_808],
  [4, 22_026],
  [5, 86_400],
  [6, 86_400],
])('retry %d comes after %d s by default', (retryNumber, seconds) => {
  expect(Math.round(defaultBackoffMs(retryNumber) / 1_000)).toBe(seconds);
});

test.each([
  ['the default schedule', { expression: null, retryAfter: undefined }, 12_182],
  ['an expression', { expression: '500 * (retried + 1)', retryAfter: undefined }, 500],
  ['Retry-After over the expression', { expression: '500', retryAfter: '7' }, 7_000],
  ['Retry-After as a duration', { expression: null, retryAfter: '6m5s' }, 365_000],
  [
    'Retry-After as a date',
    { expression: null, retryAfter: new Date(now + 90_000).toUTCString() },
    90_000,
  ],
  [
    'Retry-After in the past',
    { expression: null, retryAfter: new Date(now - 90_000).toUTCString() },
    0,
  ],
  ['an unreadable Retry-After', { expression: '500', retryAfter: 'soon' }, 500],
  ['at most a day', { expression: '1 / 0', retryAfter: undefined }, 86_400_000],
  ['at least nothing', { expression: '-5', retryAfter: undefined }, 0],
  ['the default when NaN', { expression: '0 / 0', retryAfter: undefined }, 12_182],
])('waits by %s', (_name, asked, expected) => {
  expect(retryDelayMs({ retried: 0, now, ...asked })).toBe(expected);
});

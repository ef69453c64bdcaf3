import { expect, test } from 'vitest';
import { nextCronTime, parseCron } from './cron.ts';

const next = (cron: string, after: string): string | undefined => {
  const at = nextCronTime(parseCron(cron), Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

test.each([
  ['* * * * *', '2026-03-01T10:00:00Z', '2026-03-01T10:01'],
  ['* * * * *', '2026-03-01T10:00:59.999Z', '2026-03-01T10:01'],
  ['*/15 * * * *', '2026-03-01T10:46:00Z', '2026-03-01T11:00'],
  ['5/20 * * * *', '2026-03-01T10:26:00Z', '2026-03-01T10:45'],
  ['0 3 * * *', '2026-03-01T03:00:00Z', '2026-03-02T03:00'],
  ['30 4 1,15 * *', '2026-03-01T05:00:00Z', '2026-03-15T04:30'],
  ['0 0 * * mon-fri', '2026-03-06T00:00:00Z', '2026-03-09T00:00'],
  ['0 0 * * 7', '2026-03-02T00:00:00Z', '2026-03-08T00:00'],
  ['0 0 1 JAN *', '2026-03-02T00:00:00Z', '2027-01-01T00:00'],
  ['0 0 13 * 5', '2026-03-01T00:00:00Z', '2026-03-06T00:00'],
  ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00'],
  ['59 23 31 12 *', '2026-12-31T23:59:00Z', '2027-12-31T23:59'],
  ['0 0 30 2 *', '2026-03-01T00:00:00Z', undefined],
])('%s after %s fires at %s', (cron, after, expected) => {
  expect(next(cron, after)).toBe(expected);
});

test.each([
  ['* * * *', /five fields/],
  ['* * * * * *', /five fields/],
  ['60 * * * *', /minute/],
  ['* 24 * * *', /hour/],
  ['* * 0 * *', /day of month/],
  ['* * * 13 *', /month/],
  ['* * * * 8', /day of week/],
  ['5-1 * * * *', /backwards/],
  ['*/0 * * * *', /minute/],
  ['1-2-3 * * * *', /minute/],
  ['a * * * *', /minute/],
  ['1, * * * *', /minute/],
])('%s is refused', (cron, message) => {
  expect(() => parseCron(cron)).toThrow(message);
});

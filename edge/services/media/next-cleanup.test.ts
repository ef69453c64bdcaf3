import { describe, expect, test } from 'vitest';
import { nextCleanup } from './next-cleanup.ts';

describe.each([
  ['at the moment itself', 'UTC', '00:00', '2026-11-29T00:00:00Z', '2026-11-29T00:00:00Z'],
  ['a moment later', 'UTC', '00:00', '2026-11-29T00:00:00.001Z', '2026-11-30T00:00:00Z'],
  ['at the end of a year', 'UTC', '23:59', '2026-12-31T23:59:01Z', '2027-01-01T23:59:00Z'],
  ['Kathmandu, +05:45', 'Asia/Kathmandu', '00:00', '2026-11-29T18:14:59Z', '2026-11-29T18:15:00Z'],
  ['Kathmandu, after', 'Asia/Kathmandu', '00:00', '2026-11-29T18:15:01Z', '2026-11-30T18:15:00Z'],
  ['Chatham, +13:45', 'Pacific/Chatham', '00:00', '2026-11-29T00:00:00Z', '2026-11-29T10:15:00Z'],
  ['Chatham, +12:45', 'Pacific/Chatham', '00:00', '2026-07-01T00:00:00Z', '2026-07-01T11:15:00Z'],
  ['Eucla, +08:45', 'Australia/Eucla', '03:00', '2026-07-01T00:00:00Z', '2026-07-01T18:15:00Z'],
  [
    'St John’s, −03:30',
    'America/St_Johns',
    '00:00',
    '2026-01-10T03:31:00Z',
    '2026-01-11T03:30:00Z',
  ],
  [
    'Lord Howe, +10:30',
    'Australia/Lord_Howe',
    '00:00',
    '2026-07-01T00:00:00Z',
    '2026-07-01T13:30:00Z',
  ],
  [
    'Kiritimati, +14',
    'Pacific/Kiritimati',
    '00:00',
    '2026-11-29T09:59:00Z',
    '2026-11-29T10:00:00Z',
  ],
  ['Pago Pago, −11', 'Pacific/Pago_Pago', '00:00', '2026-11-29T10:59:00Z', '2026-11-29T11:00:00Z'],
  ['Apia, +13', 'Pacific/Apia', '23:30', '2026-11-29T10:31:00Z', '2026-11-30T10:30:00Z'],
  [
    'Apia, on the day that it left out',
    'Pacific/Apia',
    '12:00',
    '2011-12-29T22:01:00Z',
    '2011-12-30T22:00:00Z',
  ],
  [
    'in the gap of a spring night',
    'Europe/Berlin',
    '02:30',
    '2026-03-28T12:00:00Z',
    '2026-03-29T01:30:00Z',
  ],
  ['the day after it', 'Europe/Berlin', '02:30', '2026-03-29T01:31:00Z', '2026-03-30T00:30:00Z'],
  [
    'on a day without midnight',
    'America/Santiago',
    '00:00',
    '2026-09-05T12:00:00Z',
    '2026-09-06T04:00:00Z',
  ],
  [
    'on a day without midnight, in Cairo',
    'Africa/Cairo',
    '00:00',
    '2026-04-23T12:00:00Z',
    '2026-04-23T22:00:00Z',
  ],
  [
    'in a gap that ends at midnight',
    'America/Santiago',
    '00:30',
    '2026-09-05T12:00:00Z',
    '2026-09-06T04:30:00Z',
  ],
  [
    'in a gap of half an hour',
    'Australia/Lord_Howe',
    '02:15',
    '2026-10-03T12:00:00Z',
    '2026-10-03T15:45:00Z',
  ],
  [
    'at a time that is shown twice: the first',
    'Europe/Berlin',
    '02:30',
    '2026-10-24T12:00:00Z',
    '2026-10-25T00:30:00Z',
  ],
  [
    'between the two: not the second',
    'Europe/Berlin',
    '02:30',
    '2026-10-25T00:31:00Z',
    '2026-10-26T01:30:00Z',
  ],
  [
    'twice around midnight',
    'America/Havana',
    '00:30',
    '2026-10-31T12:00:00Z',
    '2026-11-01T04:30:00Z',
  ],
  [
    'in a fold of half an hour',
    'Australia/Lord_Howe',
    '01:45',
    '2026-04-04T12:00:00Z',
    '2026-04-04T14:45:00Z',
  ],
  [
    'on a day of 25 hours',
    'America/New_York',
    '00:00',
    '2026-11-01T04:01:00Z',
    '2026-11-02T05:00:00Z',
  ],
  [
    'on a day of 23 hours',
    'America/New_York',
    '00:00',
    '2026-03-08T05:01:00Z',
    '2026-03-09T04:00:00Z',
  ],
])('the clean-up %s', (_, timeZone, cleanupTime, from, next) => {
  test(`of ${timeZone} at ${cleanupTime} after ${from}`, () => {
    expect(new Date(nextCleanup(Date.parse(from), { timeZone, cleanupTime })).toISOString()).toBe(
      new Date(next).toISOString(),
    );
  });
});

/** Every zone, over both changes of a year: one clean-up a day, never two within 22 hours, at the time that the clock shows. */
test('comes once a day in every time zone', () => {
  for (const timeZone of Intl.supportedValuesOf('timeZone')) {
    const clock = { timeZone, cleanupTime: '00:00' };
    let last = nextCleanup(Date.UTC(2026, 2, 1), clock);
    for (let day = 0; day < 45; day += 1) {
      const next = nextCleanup(last + 1, clock);
      const hours = (next - last) / 3_600_000;
      expect(hours, `${timeZone} ${new Date(last).toISOString()}`).toBeGreaterThanOrEqual(22);
      expect(hours, `${timeZone} ${new Date(last).toISOString()}`).toBeLessThanOrEqual(26);
      last = next;
    }
  }
  // Some 19,000 days are computed.
}, 120_000);

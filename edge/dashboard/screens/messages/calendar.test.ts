import { describe, expect, it } from 'vitest';
import { firstDay, lastDay, startOfDay, startOfNext } from './calendar.ts';

describe.each([
  ['Asia/Tokyo', '2026-11-20T15:00:00.000Z', '2026-11-21T15:00:00.000Z'],
  ['UTC', '2026-11-21T00:00:00.000Z', '2026-11-22T00:00:00.000Z'],
  ['America/Los_Angeles', '2026-11-21T08:00:00.000Z', '2026-11-22T08:00:00.000Z'],
])('21 November in %s', (zone, start, end) => {
  it('begins and ends there, and is shown as the day that was chosen', () => {
    expect(startOfDay('2026-11-21', zone)).toBe(start);
    expect(startOfNext('2026-11-21', zone)).toBe(end);
    expect(firstDay(start, zone)).toBe('2026-11-21');
    expect(lastDay(end, zone)).toBe('2026-11-21');
  });
});

it('a day on which clocks change is as long as it is', () => {
  const zone = 'America/Los_Angeles';
  expect(startOfDay('2026-03-08', zone)).toBe('2026-03-08T08:00:00.000Z');
  expect(startOfNext('2026-03-08', zone)).toBe('2026-03-09T07:00:00.000Z');
  expect(lastDay('2026-03-09T07:00:00.000Z', zone)).toBe('2026-03-08');
});

it.each([undefined, '', 'yesterday'])('%o is no day', (word) => {
  expect([firstDay(word), lastDay(word), startOfDay(word ?? ''), startOfNext(word ?? '')]).toEqual([
    '',
    '',
    '',
    '',
  ]);
});

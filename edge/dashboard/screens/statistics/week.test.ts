import { expect, test } from 'vitest';
import { momentsIn, weekOf, WEEKDAYS } from './week.ts';

const found = (moments: readonly string[], timeZone: string) =>
  weekOf(moments, timeZone).flatMap((hours, day) =>
    hours.flatMap((value, hour) => (value === 0 ? [] : [[WEEKDAYS[day], hour, value]])),
  );

test('a week has each message at its hour, by the clocks of the zone', () => {
  const moments = [
    '2026-11-29T23:30:00.000Z',
    '2026-11-29T23:59:00.000Z',
    '2026-11-25T12:00:00.000Z',
  ];
  expect(found(moments, 'UTC')).toEqual([
    ['Wed', 12, 1],
    ['Sun', 23, 2],
  ]);
  expect(found(moments, 'Europe/Berlin')).toEqual([
    ['Mon', 0, 2],
    ['Wed', 13, 1],
  ]);
});

test('the hour that a summer time repeats counts twice as much', () => {
  const moments = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'];
  expect(found(moments, 'Europe/Berlin')).toEqual([['Sun', 2, 2]]);
});

test('an export is read line by line', () => {
  const row = (at: string) => JSON.stringify({ createdAt: at, content: { text: 'one\ntwo' } });
  expect(
    momentsIn(`${row('2026-11-25T12:00:00.000Z')}\n${row('2026-11-26T12:00:00.000Z')}\n`),
  ).toEqual(['2026-11-25T12:00:00.000Z', '2026-11-26T12:00:00.000Z']);
  expect(momentsIn('')).toEqual([]);
});

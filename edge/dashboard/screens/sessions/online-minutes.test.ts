import { expect, it } from 'vitest';
import { onlineMinutes } from './online-minutes.ts';

const at = (time: string): string => `2026-11-30T${time}:00.000Z`;
const status = (time: string, name: string) => ({
  at: at(time),
  type: 'status' as const,
  status: name,
});
const NOW = Date.parse(at('12:30'));

it.each([
  ['online since the hour before', [status('11:15', 'online')], [0, 45, 30]],
  ['nothing is known', [], [0, 0, 0]],
  [
    'lost and back within an hour',
    [status('11:50', 'online'), status('11:40', 'reconnecting'), status('10:30', 'online')],
    [30, 50, 30],
  ],
  ['stopped', [status('12:10', 'disconnected'), status('12:00', 'online')], [0, 0, 10]],
  [
    'online for days',
    [{ ...status('00:00', 'online'), at: '2026-11-01T00:00:00.000Z' }],
    [60, 60, 30],
  ],
  [
    'an attempt to reconnect is no state',
    [{ ...status('12:20', 'reconnecting'), type: 'reconnect' as const }, status('12:00', 'online')],
    [0, 0, 30],
  ],
])('%s', (_what, log, minutes) => {
  const hours = onlineMinutes(log, 3, NOW);
  expect(hours.map((hour) => hour.minutes)).toEqual(minutes);
  expect(hours.map(({ startsAt }) => new Date(startsAt).toISOString())).toEqual(
    ['10:00', '11:00', '12:00'].map(at),
  );
});

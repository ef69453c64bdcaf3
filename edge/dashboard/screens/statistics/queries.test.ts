import { expect, it } from 'vitest';
import { csvOf, sumOf } from './queries.ts';

const row = {
  day: '2026-11-21',
  sessionId: null,
  type: null,
  received: 1,
  sent: 2,
  delivered: 3,
  read: 4,
  played: 5,
  failed: 6,
  unknown: 7,
  echoes: 8,
};

it('adds up rows, and writes them as CSV that a spreadsheet reads', () => {
  expect(sumOf([row, row])).toMatchObject({ received: 2, echoes: 16 });
  expect(sumOf([])).toMatchObject({ sent: 0 });
  expect(csvOf(['Session', 'Sent'], [['a "b", c', 2]])).toBe('Session,Sent\r\n"a ""b"", c",2');
});

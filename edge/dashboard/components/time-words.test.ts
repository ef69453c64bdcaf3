import { expect, test } from 'vitest';
import { ago, lasting } from './time-words.ts';

const NOW = Date.parse('2026-01-10T12:00:00.000Z');
test.each([
  [3, 'just now'],
  [42, '42 sec. ago'],
  [60, '1 min. ago'],
  [3_599, '59 min. ago'],
  [7_200, '2 hr. ago'],
  [3 * 86_400, '3 days ago'],
  [-42, 'in 42 sec.'],
  [-120, 'in 2 min.'],
])('%i seconds before now is “%s”', (seconds, words) => {
  expect(ago(NOW - seconds * 1_000, NOW)).toBe(words);
});

test.each([
  [59, 'under 1 min'],
  [60, '1 min'],
  [3_600, '1 h 0 min'],
  [86_399, '23 h 59 min'],
  [2 * 86_400 + 3 * 3_600 + 59, '2 d 3 h'],
])('%i seconds lasted “%s”', (seconds, words) => {
  expect(lasting(NOW - seconds * 1_000, NOW)).toBe(words);
});

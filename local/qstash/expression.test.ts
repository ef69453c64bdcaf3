import { expect, test } from 'vitest';
import { evaluateExpression } from './expression.ts';

test.each([
  ['1000', 0, 1_000],
  ['1000 * (1 + retried)', 2, 3_000],
  ['pow(2, retried) * 1000', 3, 8_000],
  ['max(1000, pow(2, retried) * 100)', 1, 1_000],
  ['min(5, 4, 3)', 0, 3],
  ['floor(7 / 2) + ceil(0.1) + round(2.5)', 0, 7],
  ['abs(-3) + sqrt(16)', 0, 7],
  ['exp(0)', 0, 1],
  ['10 - 4 - 3', 0, 3],
  ['2 + 3 * 4 % 5', 0, 4],
  ['-retried + +1', 5, -4],
])('%s with retried=%d is %d', (source, retried, expected) => {
  expect(evaluateExpression(source, retried)).toBe(expected);
});

test.each([
  ['', /unexpected end/],
  ['1 +', /unexpected end/],
  ['(1', /expected "\)"/],
  ['1 2', /unexpected "2"/],
  ['pow(2)', /takes 2/],
  ['process', /unknown name "process"/],
  ['constructor(1)', /unknown name "constructor"/],
  ['retried(1)', /unexpected "\("/],
  ['1; 2', /unexpected ";"/],
  ['"a"', /unexpected "/],
  ['1'.repeat(501), /longer than 500/],
])('%s is refused', (source, message) => {
  expect(() => evaluateExpression(source, 0)).toThrow(message);
});

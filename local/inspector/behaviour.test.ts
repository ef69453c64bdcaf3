import { expect, test } from 'vitest';
import { decideAnswer } from './behaviour.ts';

const plain = { status: 200, delayMs: 0, headers: {} };

test.each([
  [{}, 5, plain],
  [{ status: 410 }, 5, { ...plain, status: 410 }],
  [{ delayMs: 70 }, 0, { ...plain, delayMs: 70 }],
  [{ failFirst: 2 }, 1, { ...plain, status: 500 }],
  [{ failFirst: 2 }, 2, plain],
  [{ failFirst: 0 }, 0, plain],
  [
    { failFirst: 1, status: 429, delayMs: 9, headers: { 'Retry-After': '3' } },
    0,
    { status: 429, delayMs: 9, headers: { 'Retry-After': '3' } },
  ],
  [{ failFirst: 1, status: 429, headers: { 'Retry-After': '3' } }, 1, plain],
])('%j after %d requests', (behaviour, answeredBefore, expected) => {
  expect(decideAnswer(behaviour, answeredBefore)).toEqual(expected);
});

import { expect, test } from 'vitest';
import { IsolateLimiter } from './isolate-limiter.ts';

test('allows the limit within a window, then refuses, then begins anew', () => {
  const limiter = new IsolateLimiter();
  const at = (now: number) => limiter.check('key', 2, now);
  expect(at(0)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
  expect(at(1_000)).toEqual({ allowed: true, limit: 2, remaining: 0, resetSeconds: 59 });
  expect(at(2_500)).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 58 });
  expect(at(60_000)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
});

test('counts subjects apart', () => {
  const limiter = new IsolateLimiter();
  limiter.check('one', 1, 0);
  expect(limiter.check('one', 1, 0).allowed).toBe(false);
  expect(limiter.check('other', 1, 0).allowed).toBe(true);
});

test('does not grow without end', () => {
  const limiter = new IsolateLimiter();
  for (let n = 0; n < 10_000; n += 1) limiter.check(`key ${n}`, 1, 0);
  expect(limiter.check('key 1', 1, 0).allowed).toBe(false);
  limiter.check('one too many', 1, 0);
  expect(limiter.check('key 1', 1, 0).allowed).toBe(true);
});

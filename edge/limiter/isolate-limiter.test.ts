import { expect, test } from 'vitest';
import { IsolateLimiter } from './isolate-limiter.ts';
import type { RateLimitPolicy } from './port.ts';

const minute = (limit: number): RateLimitPolicy => ({ name: 'minute', limit, windowSeconds: 60 });
const hour = (limit: number): RateLimitPolicy => ({ name: 'hour', limit, windowSeconds: 3_600 });

test('allows the limit within a window, then refuses, then begins anew', () => {
  const limiter = new IsolateLimiter();
  const at = (now: number) => limiter.check('key', [minute(2)], now).windows[0];
  const two = minute(2);
  expect(at(0)).toEqual({ ...two, allowed: true, remaining: 1, resetSeconds: 60 });
  expect(at(1_000)).toEqual({ ...two, allowed: true, remaining: 0, resetSeconds: 59 });
  expect(at(2_500)).toEqual({ ...two, allowed: false, remaining: 0, resetSeconds: 58 });
  expect(at(60_000)).toEqual({ ...two, allowed: true, remaining: 1, resetSeconds: 60 });
});

test('refuses when any window does; a request that one window refused does not count in the other', () => {
  const limiter = new IsolateLimiter();
  const at = (now: number) => limiter.check('key', [minute(2), hour(3)], now);
  for (let n = 0; n < 20; n += 1) at(0);
  const next = at(60_000);
  expect(next.allowed).toBe(true);
  expect(next.windows.map(({ remaining }) => remaining)).toEqual([1, 0]);
  const last = at(60_000);
  expect(last.allowed).toBe(false);
  expect(last.windows.map(({ allowed }) => allowed)).toEqual([true, false]);
});

test('counts subjects apart', () => {
  const limiter = new IsolateLimiter();
  limiter.check('one', [minute(1)], 0);
  expect(limiter.check('one', [minute(1)], 0).allowed).toBe(false);
  expect(limiter.check('other', [minute(1)], 0).allowed).toBe(true);
});

test('does not grow without end', () => {
  const limiter = new IsolateLimiter();
  for (let n = 0; n < 10_000; n += 1) limiter.check(`key ${n}`, [minute(1)], 0);
  expect(limiter.check('key 1', [minute(1)], 0).allowed).toBe(false);
  limiter.check('one too many', [minute(1)], 0);
  expect(limiter.check('key 1', [minute(1)], 0).allowed).toBe(true);
});

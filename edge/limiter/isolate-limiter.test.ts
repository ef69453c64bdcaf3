import { expect, test } from 'vitest';
import { IsolateLimiter } from './isolate-limiter.ts';
import { countsOf, type RateLimitPolicy } from './port.ts';

const minute = (limit: number): RateLimitPolicy => ({ name: 'minute', limit, windowSeconds: 60 });
const hour = (limit: number): RateLimitPolicy => ({ name: 'hour', limit, windowSeconds: 3_600 });

test('allows the limit within a window, then refuses, then begins anew', () => {
  const limiter = new IsolateLimiter();
  const at = (now: number) => limiter.check(countsOf('key', [minute(2)]), now).windows[0];
  const two = minute(2);
  expect(at(0)).toEqual({ ...two, allowed: true, remaining: 1, resetSeconds: 60 });
  expect(at(1_000)).toEqual({ ...two, allowed: true, remaining: 0, resetSeconds: 59 });
  expect(at(2_500)).toEqual({ ...two, allowed: false, remaining: 0, resetSeconds: 58 });
  expect(at(60_000)).toEqual({ ...two, allowed: true, remaining: 1, resetSeconds: 60 });
});

test('refuses when any window does; a request that one window refused does not count in the other', () => {
  const limiter = new IsolateLimiter();
  const at = (now: number) => limiter.check(countsOf('key', [minute(2), hour(3)]), now);
  for (let n = 0; n < 20; n += 1) at(0);
  const next = at(60_000);
  expect(next.allowed).toBe(true);
  expect(next.windows.map(({ remaining }) => remaining)).toEqual([1, 0]);
  const last = at(60_000);
  expect(last.allowed).toBe(false);
  expect(last.windows.map(({ allowed }) => allowed)).toEqual([true, false]);
});

test('counts one request for several subjects; where one refuses it, the others do not count it', () => {
  const limiter = new IsolateLimiter();
  const [one, all] = [
    { subject: 'one', policy: minute(2) },
    { subject: 'all', policy: hour(9) },
  ];
  for (let n = 0; n < 20; n += 1) limiter.check([one, all], 0);
  expect(limiter.check([all], 0).windows).toMatchObject([{ allowed: true, remaining: 6 }]);
});

test('counts subjects apart', () => {
  const limiter = new IsolateLimiter();
  limiter.check(countsOf('one', [minute(1)]), 0);
  expect(limiter.check(countsOf('one', [minute(1)]), 0).allowed).toBe(false);
  expect(limiter.check(countsOf('other', [minute(1)]), 0).allowed).toBe(true);
});

test('does not grow without end', () => {
  const limiter = new IsolateLimiter();
  for (let n = 0; n < 10_000; n += 1) limiter.check(countsOf(`key ${n}`, [minute(1)]), 0);
  expect(limiter.check(countsOf('key 1', [minute(1)]), 0).allowed).toBe(false);
  limiter.check(countsOf('one too many', [minute(1)]), 0);
  expect(limiter.check(countsOf('key 1', [minute(1)]), 0).allowed).toBe(true);
});

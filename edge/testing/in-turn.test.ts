import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

const VARIANTS = ['a', 'b', 'c'];
const routes = Array.from({ length: 8 }, (_, index) => index);

test('each route meets one variant, and over all routes each occurs about equally often', () => {
  const met = routes.map((index) => inTurn(VARIANTS, index, false));
  expect(met.map((some) => some.join())).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b']);
});

test('each route meets all of them in full size', () => {
  for (const index of routes) expect(inTurn(VARIANTS, index, true)).toEqual(VARIANTS);
});

test('of no variants, a route meets none', () => {
  expect([inTurn([], 3, false), inTurn([], 3, true)]).toEqual([[], []]);
});

test('what is not in the list of routes has no turn', () => {
  expect(() => inTurn(VARIANTS, routes.indexOf(99))).toThrow('not in the list');
});

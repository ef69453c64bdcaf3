import { expect, it } from 'vitest';
import { ceiling } from './bars.tsx';
import { bytes, count, percent } from './numbers.ts';

it('writes numbers as people read them', () => {
  expect([0, 999, 1_000, -12_345, 1_234_567, 1_234.5678].map(count)).toEqual([
    '0',
    '999',
    '1,000',
    '-12,345',
    '1,234,567',
    '1,234.568',
  ]);
  expect([0, 1_023, 1_536, 104_857_600, 53_687_091_200].map(bytes)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KiB',
    '100 MiB',
    '50 GiB',
  ]);
  expect([1, 0.9983, 0].map(percent)).toEqual(['100 %', '99.8 %', '0 %']);
});

it('ends an axis at a number that reads well, and not far above the highest bar', () => {
  expect([0, 3, 5, 10, 21, 130, 999].map(ceiling)).toEqual([4, 4, 6, 10, 40, 200, 1_000]);
});

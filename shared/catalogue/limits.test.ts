import { describe, expect, it } from 'vitest';
import { LIMITS, RATES, shown, shownRate } from './limits.ts';

describe('rates', () => {
  it.each([
    [{ limit: 60, windowSeconds: 60 }, '60 a minute'],
    [{ limit: 1_000, windowSeconds: 3_600 }, '1,000 an hour'],
    [{ limit: 200, windowSeconds: 86_400 }, '200 a day'],
    [{ limit: 20, windowSeconds: 900 }, '20 in 15 minutes'],
  ])('%j is %s', (rate, text) => {
    expect(shownRate(rate)).toBe(text);
  });

  it('are told apart by name in the headers', () => {
    const names = Object.values(RATES).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('limits', () => {
  it.each(Object.entries(LIMITS))('%s is a whole number above nothing', (_name, { limit }) => {
    expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
    expect(shown(limit).replaceAll(',', '')).toBe(String(limit));
  });
});

import { describe, expect, test } from 'vitest';
import { qrState } from './qr-state.ts';

const CODE = { expiresAt: '2026-01-01T00:00:20.000Z', answeredAt: '2026-01-01T00:00:00.000Z' };

describe.each([
  ['right', 0],
  ['a day slow', -86_400_000],
  ['a day fast', 86_400_000],
])('a QR code, by a clock that is %s', (_clock, wrongBy) => {
  const fetchedAt = Date.parse(CODE.answeredAt) + wrongBy;

  test('is shown until it expires', () => {
    expect(qrState(CODE, fetchedAt, fetchedAt)).toEqual({
      isShown: true,
      secondsLeft: 20,
      share: 1,
    });
    expect(qrState(CODE, fetchedAt, fetchedAt + 15_000)).toMatchObject({
      secondsLeft: 5,
      share: 0.25,
    });
  });

  test('is gone at that moment, and after an hour of sleep', () => {
    for (const later of [20_000, 3_600_000])
      expect(qrState(CODE, fetchedAt, fetchedAt + later)).toEqual({
        isShown: false,
        secondsLeft: 0,
        share: 0,
      });
  });
});

test('a tick from before the answer takes nothing away', () => {
  const fetchedAt = Date.parse(CODE.answeredAt);
  expect(qrState(CODE, fetchedAt, fetchedAt - 400)).toMatchObject({ secondsLeft: 20, share: 1 });
});

test('a code that is not there yet is not shown', () => {
  expect(qrState(undefined, 0, Date.parse(CODE.expiresAt)).isShown).toBe(false);
});

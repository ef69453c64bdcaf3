import { describe, expect, test } from 'vitest';
import { qrState } from './qr-state.ts';

const END = '2026-01-01T00:00:20.000Z';
const end = Date.parse(END);

describe('a QR code', () => {
  test('is shown until it expires', () => {
    expect(qrState(END, end - 20_000, end - 20_000)).toEqual({
      isShown: true,
      secondsLeft: 20,
      share: 1,
    });
    expect(qrState(END, end - 20_000, end - 5_000)).toMatchObject({ secondsLeft: 5, share: 0.25 });
  });

  test('is gone at that moment, and after an hour of sleep', () => {
    for (const now of [end, end + 3_600_000])
      expect(qrState(END, end - 20_000, now)).toEqual({ isShown: false, secondsLeft: 0, share: 0 });
  });

  test('that is not there yet is not shown', () => {
    expect(qrState(undefined, 0, end).isShown).toBe(false);
  });
});

import { ApiError } from '../../api/errors.ts';

/** While it starts, and while the code changes. */
export const isRefusedForNow = (error: unknown): boolean =>
  error instanceof ApiError && ['SESSION_NOT_READY', 'CONFLICT'].includes(error.code);

/**
 * What to show of a code. Pure. How long it had left is judged by the server's clock, and how long ago that was by this
 * browser's, which may be wrong by days.
 * @param code its end, and when the server answered
 * @param fetchedAt when this browser got the answer, as `now` in milliseconds
 */
export function qrState(
  code: { expiresAt: string; answeredAt: string } | undefined,
  fetchedAt: number,
  now: number,
): { isShown: boolean; secondsLeft: number; share: number } {
  if (code === undefined) return { isShown: false, secondsLeft: 0, share: 0 };
  const leftThen = Date.parse(code.expiresAt) - Date.parse(code.answeredAt);
  const left = leftThen - Math.max(0, now - fetchedAt);
  const whole = Math.max(leftThen, 20_000);
  return {
    isShown: left > 0,
    secondsLeft: Math.max(0, Math.ceil(left / 1_000)),
    share: Math.min(1, Math.max(0, left / whole)),
  };
}

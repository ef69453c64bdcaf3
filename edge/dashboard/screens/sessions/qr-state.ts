import { ApiError } from '../../api/errors.ts';

/** While it starts, and while the code changes. */
export const isRefusedForNow = (error: unknown): boolean =>
  error instanceof ApiError && ['SESSION_NOT_READY', 'CONFLICT'].includes(error.code);

/**
 * What to show of a code. Pure; all times in milliseconds, but `expiresAt`.
 * @param fetchedAt when this browser got it, which bounds how long it had left
 */
export function qrState(
  expiresAt: string | undefined,
  fetchedAt: number,
  now: number,
): { isShown: boolean; secondsLeft: number; share: number } {
  if (expiresAt === undefined) return { isShown: false, secondsLeft: 0, share: 0 };
  const end = Date.parse(expiresAt);
  const left = end - now;
  const whole = Math.max(end - fetchedAt, 20_000);
  return {
    isShown: left > 0,
    secondsLeft: Math.max(0, Math.ceil(left / 1_000)),
    share: Math.min(1, Math.max(0, left / whole)),
  };
}

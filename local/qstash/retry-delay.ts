/** QStash takes any arithmetic; Waypost sends this form alone. */
const FORM = /^pow\((\d+), retried\) \* (\d+)$/;
const DAY_MS = 86_400_000;

export const isRetryDelay = (expression: string): boolean => FORM.test(expression);

/** Milliseconds until the next attempt, at most a day. `retryAfter` is the receiver's header, in seconds: it goes first. */
export function retryDelayMs(
  expression: string,
  retried: number,
  retryAfter: string | undefined,
): number {
  const [, base, factor] = FORM.exec(expression) ?? [];
  const wanted = /^\d+$/.test(retryAfter ?? '')
    ? Number(retryAfter) * 1_000
    : Number(base) ** retried * Number(factor);
  return Math.min(DAY_MS, wanted);
}

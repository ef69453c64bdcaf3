import type { AttemptResult } from './attempt.ts';
import { retryDelayMs } from './backoff.ts';
import type { Message } from './message.ts';

export type Verdict =
  | { state: 'delivered' }
  | { state: 'retry'; error: string; dueAt: number }
  | { state: 'dead'; error: string };

/** QStash's status for "do not try again", when the header below says so too. */
const NON_RETRYABLE_STATUS = 489;

/**
 * What follows from an attempt: 2xx is delivered; anything else is tried again until the retries are
 * used up, or at once dead on 489 with `Upstash-NonRetryable-Error: true`.
 */
export function judgeAttempt(message: Message, result: AttemptResult, now: number): Verdict {
  if (result.kind === 'response' && result.status >= 200 && result.status < 300) {
    return { state: 'delivered' };
  }
  const header = result.kind === 'response' ? result.header : {};
  const error = result.kind === 'response' ? `HTTP status ${result.status}` : result.message;
  const refused =
    result.kind === 'response' &&
    result.status === NON_RETRYABLE_STATUS &&
    header['upstash-nonretryable-error']?.[0]?.toLowerCase() === 'true';
  if (refused || message.retried >= message.spec.maxRetries) return { state: 'dead', error };
  const delay = retryDelayMs({
    retried: message.retried,
    expression: message.spec.retryDelay,
    retryAfter: header['retry-after']?.[0],
    now,
  });
  return { state: 'retry', error, dueAt: now + delay };
}

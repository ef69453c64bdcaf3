import type { EgressResult } from '../egress/port.ts';
import { parseRetryAfter, retryDelayMs } from './retry-schedule.ts';

/** How one attempt went and what follows from it, as it is written down. */
export type AttemptVerdict = {
  status: 'delivered' | 'pending' | 'failed';
  /** Until the next attempt; null when there is none. */
  delayMs: number | null;
  /** Set when the receiver asked not to be called any more. */
  disableReason: string | null;
  statusCode: number | null;
  error: string | null;
  responseExcerpt: string | null;
  durationMs: number;
  timedOut: boolean;
  /** It failed, and not because we refused to make it. */
  receiverFailed: boolean;
};

/** Bytes of an answer that are kept to be shown. */
const EXCERPT_BYTES = 2_048;

/**
 * Only 2xx is success: a redirect is not followed, since it would lead past the address checks and the signature's owner.
 * 410 and the answer header `webhook-delivery: disable` switch the endpoint off.
 * @param attemptNo of the retry schedule, from 1
 * @param retryDelays seconds before each retry
 * @param random from 0 to 1, for the jitter
 */
export function judgeAttempt(input: {
  result: EgressResult;
  attemptNo: number;
  retryDelays: readonly number[];
  random: number;
  now: number;
}): AttemptVerdict {
  const { result, attemptNo, retryDelays, random, now } = input;
  const answer = result.kind === 'answered' ? result : null;
  const succeeded = answer !== null && answer.status >= 200 && answer.status < 300;
  const facts = {
    statusCode: answer?.status ?? null,
    responseExcerpt: answer === null ? null : excerpt(answer.body),
    durationMs: result.kind === 'blocked' ? 0 : result.durationMs,
    timedOut: result.kind === 'failed' && result.timedOut === true,
    receiverFailed: !succeeded && result.kind !== 'blocked',
  };
  const disableReason = answer === null ? null : disabling(answer);
  if (succeeded)
    return { ...facts, status: 'delivered', delayMs: null, disableReason, error: null };
  const failure = { ...facts, disableReason, error: describe(result) };
  const delaySeconds = retryDelays[attemptNo - 1];
  if (disableReason !== null || delaySeconds === undefined)
    return { ...failure, status: 'failed', delayMs: null };
  const retryAfterMs = parseRetryAfter(answer?.headers.get('retry-after') ?? null, now);
  const delayMs = retryDelayMs({ delaySeconds, retryAfterMs, random });
  return { ...failure, status: 'pending', delayMs };
}

function disabling(answer: { status: number; headers: Headers }): string | null {
  if (answer.status === 410) return 'the receiver answered 410 Gone';
  const wish = answer.headers.get('webhook-delivery')?.trim().toLowerCase();
  return wish === 'disable' ? 'the receiver answered webhook-delivery: disable' : null;
}

function describe(result: EgressResult): string {
  if (result.kind === 'blocked') return `blocked: ${result.reason}`;
  if (result.kind === 'failed') return result.reason;
  if (result.status >= 300 && result.status < 400)
    return `HTTP ${result.status}: redirects are not followed`;
  return `HTTP ${result.status}`;
}

/** PostgreSQL's text takes every character but NUL. */
function excerpt(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, EXCERPT_BYTES)).replaceAll('\0', '');
}

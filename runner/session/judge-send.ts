import type { ErrorCode } from '../../shared/errors.ts';
import { backoffMs } from '../backoff.ts';
import type { EngineSendResult } from '../engine/port.ts';

/** A message that cannot leave for a passing cause is tried this often before it fails. */
export const MAX_ATTEMPTS = 5;

const RETRY = { baseMs: 1_000, maxMs: 15_000 };

/**
 * What becomes of a message after the engine had it. `watch`: wait for its ack. `look_up`: it may have left, so that the
 * page is asked and it is never sent again. `again`: it is known not to have left, and the cause will pass.
 */
export type SendVerdict =
  | { verdict: 'sent' | 'watch'; wireKey: string }
  | { verdict: 'look_up'; message: string }
  | { verdict: 'again'; attempts: number }
  | { verdict: 'failed'; code: ErrorCode; message: string };

/** @param attempts how often it was turned away before this */
export function judgeSend(result: EngineSendResult, attempts: number): SendVerdict {
  switch (result.outcome) {
    case 'sent':
      return { verdict: 'sent', wireKey: result.wireKey };
    case 'accepted':
      return { verdict: 'watch', wireKey: result.wireKey };
    case 'unknown':
      return { verdict: 'look_up', message: result.message };
    case 'failed': {
      const { code, message } = result;
      const passes = code === 'UNAVAILABLE' && attempts + 1 < MAX_ATTEMPTS;
      return passes
        ? { verdict: 'again', attempts: attempts + 1 }
        : { verdict: 'failed', code, message };
    }
  }
}

/** Pause after so many attempts, in milliseconds: 0.5–1 s after the first, doubling. */
export const pauseAfter = (attempts: number, random: () => number): number =>
  backoffMs(attempts - 1, RETRY, random);

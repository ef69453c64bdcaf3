import type { MessageError } from '../../shared/protocol/runner-reports.ts';
import type { EngineLookUp } from '../engine/port.ts';
import type { JournalState } from '../journal/send-journal.ts';

/**
 * The verdict on a message that was claimed and never settled.
 * `watch`: it is on the page and WhatsApp's server has not acknowledged it yet. `look_up`: ask the page first.
 */
export type Verdict =
  | { verdict: 'sent'; wireKey: string | null }
  | { verdict: 'failed'; wireKey: string | null; error: MessageError }
  | { verdict: 'watch'; wireKey: string }
  | { verdict: 'not_begun' | 'unknown' | 'look_up' };

/** First step, without the page: the journal alone may know. */
export function judgeByJournal(journal: JournalState): Verdict {
  if (journal.state === 'not_begun') return { verdict: 'not_begun' };
  if (journal.state !== 'done') return { verdict: 'look_up' };
  const { outcome, wireKey, error } = journal.result;
  if (outcome === 'sent') return { verdict: 'sent', wireKey };
  if (outcome === 'failed')
    return {
      verdict: 'failed',
      wireKey,
      error: error ?? {
        code: 'MESSAGE_FAILED',
        message: 'WhatsApp did not take the message.',
      },
    };
  return { verdict: 'look_up' };
}

/** Second step: what the page has under the message's wire id. Absence proves nothing, so it is `unknown`. */
export function judgeByWire(found: EngineLookUp): Verdict {
  if (!found.found) return { verdict: 'unknown' };
  if (found.ack >= 1) return { verdict: 'sent', wireKey: found.wireKey };
  if (found.ack < 0)
    return {
      verdict: 'failed',
      wireKey: found.wireKey,
      error: found.error ?? {
        code: 'MESSAGE_FAILED',
        message: 'WhatsApp reported an error for the message.',
      },
    };
  return { verdict: 'watch', wireKey: found.wireKey };
}

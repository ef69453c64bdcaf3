import type { ErrorCode } from '../../shared/errors.ts';
import type { DoorbellResponse } from '../../shared/protocol/runner-commands.ts';
import type { FactReport } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';

export type Settlement = {
  messageId: string;
  outcome: 'sent' | 'failed' | 'unknown' | 'not_begun';
  wireId: string | null;
  wireKey: string | null;
  error: { code: ErrorCode; message: string } | null;
  /** With `not_begun`: how often the engine has turned it away. */
  attempts?: number;
};

type SettledAnswer = DoorbellResponse['settled'];

const REMEMBERED = 500;

export function settledFact(settlement: Settlement): FactReport {
  return { kind: 'message.settled', ...settlement };
}

/**
 * Callers that wait until the edge has it on record how a message was settled, and the latest settlements for callers that
 * come a moment too late.
 */
export class Settlements {
  readonly #recent = new Map<string, SettledAnswer>();
  readonly #waiting = new Map<string, Set<(answer: SettledAnswer) => void>>();

  record(settlement: Settlement): void {
    const { messageId, outcome, wireId, error } = settlement;
    if (outcome === 'not_begun') return;
    const answer = { status: outcome, wireId, error };
    this.#recent.set(messageId, answer);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > REMEMBERED && oldest !== undefined) this.#recent.delete(oldest);
    for (const resolve of this.#waiting.get(messageId) ?? []) resolve(answer);
    this.#waiting.delete(messageId);
  }

  /** The message's end, or null when it has none after `waitMs`. */
  wait(messageId: string, waitMs: number, clock: Clock): Promise<SettledAnswer> {
    const known = this.#recent.get(messageId);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(messageId) ?? new Set();
      this.#waiting.set(messageId, waiting);
      const finish = (answer: SettledAnswer): void => {
        cancel();
        waiting.delete(finish);
        if (waiting.size === 0) this.#waiting.delete(messageId);
        resolve(answer);
      };
      const cancel = clock.after(waitMs, () => finish(null));
      waiting.add(finish);
    });
  }
}

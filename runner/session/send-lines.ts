import type { Assignment } from '../../shared/protocol/leases.ts';
import type { ClaimedMessage } from '../../shared/protocol/outbound-message.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Settlement } from './settlements.ts';

type SendLinesDeps = {
  assignment: Pick<Assignment, 'sessionId' | 'epoch'>;
  clock: Pick<Clock, 'monotonic'>;
  log: Log;
};

/** A send's line in the log: one, when it is settled or goes back into the queue, with what is known of its way. */
export class SendLines {
  readonly #deps: SendLinesDeps;
  /** Messages that are taken to the engine, or of which nobody knows yet whether they left. */
  readonly #open = new Map<string, { type: string; startedAt: number }>();

  constructor(deps: SendLinesDeps) {
    this.#deps = deps;
  }

  began({ messageId, content: { type } }: ClaimedMessage): void {
    this.#open.set(messageId, { type, startedAt: this.#deps.clock.monotonic() });
  }

  settled({ messageId, outcome, wireId, error }: Settlement, traceId: string | undefined): void {
    const { assignment, clock, log } = this.#deps;
    const { sessionId, epoch } = assignment;
    const open = this.#open.get(messageId);
    this.#open.delete(messageId);
    log.info('send', {
      ...(traceId !== undefined && { traceId }),
      sessionId,
      epoch,
      messageId,
      ...(wireId !== null && { wireId }),
      ...(open !== undefined && {
        type: open.type,
        durationMs: Math.round(clock.monotonic() - open.startedAt),
      }),
      outcome,
      ...(error !== null && { code: error.code }),
    });
  }
}

import type { Clock } from '../clock.ts';
import type { WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import type { AckWatch } from './ack-watch.ts';
import type { Settlement } from './settlements.ts';
import { judgeByJournal, judgeByWire, type Verdict } from './takeover.ts';

export type MaybeSent = {
  messageId: string;
  queueSeq: number;
  chatId: string;
  claimEpoch: number;
  wireId: string;
};

type Open = MaybeSent & { looks: number; notBefore: number };

/** `looks` times, `lookGapMs` apart, before an absent message is unknown; `ackMs` for a present one to get its ack. */
export type UnsettledTiming = { looks: number; lookGapMs: number; ackMs: number };

/** How long an unacknowledged message holds up the next ones; then the page is asked, in case its ack was missed. */
const HOLD_MS = 5_000;

export const UNSETTLED_TIMING: UnsettledTiming = { looks: 3, lookGapMs: 2_000, ackMs: 60_000 };

type UnsettledDeps = {
  clock: Clock;
  log: Log;
  journal: SendJournal;
  acks: AckWatch;
  settle: (settlement: Settlement) => Promise<void>;
  /** The engine that may be asked now, or null. */
  engine: () => WhatsAppEngine | null;
  timing: UnsettledTiming;
  /** Something waits for the page to be asked that did not before. */
  toLookUp: () => void;
};

/**
 * Messages that may have left and whose end is not known: claimed by an earlier owner, or cut off in mid-send. Never
 * sends: it only finds out, from the journal and the page, and settles.
 */
export class UnsettledMessages {
  readonly #deps: UnsettledDeps;
  readonly #watched = new Map<string, MaybeSent>();
  #open: Open[] = [];

  constructor(deps: UnsettledDeps) {
    this.#deps = deps;
  }

  /** True while some message waits for the page to be asked: nothing new is claimed until then. */
  get pending(): boolean {
    return this.#open.length > 0;
  }

  holds(messageId: string): boolean {
    return this.#watched.has(messageId) || this.#open.some((open) => open.messageId === messageId);
  }

  /** Judges by the journal; what the journal does not know, `resolve` looks up on the page. */
  async add(message: MaybeSent): Promise<void> {
    await this.#apply(message, judgeByJournal(this.#deps.journal.stateOf(message)));
  }

  /** Looks up what is due. @returns ms until the next is due, 0 when nothing is left */
  async resolve(engine: WhatsAppEngine): Promise<number> {
    const now = this.#deps.clock.monotonic();
    for (const message of this.#open.filter(({ notBefore }) => notBefore <= now)) {
      message.looks += 1;
      message.notBefore = now + this.#deps.timing.lookGapMs;
      const verdict = await this.#lookUp(engine, message);
      if (verdict.verdict === 'unknown' && message.looks < this.#deps.timing.looks) continue;
      this.#open = this.#open.filter((open) => open !== message);
      await this.#apply(message, verdict);
    }
    if (this.#open.length === 0) return 0;
    return Math.max(1, Math.min(...this.#open.map(({ notBefore }) => notBefore)) - now);
  }

  /** The link is gone and no page can be asked: everything open is settled as unknown. */
  async giveUp(): Promise<void> {
    this.askAgain();
    const open = this.#open;
    this.#open = [];
    for (const message of open) await this.#apply(message, { verdict: 'unknown' });
  }

  /** Another page: acks of what the one before sent may have been missed. */
  askAgain(): void {
    for (const message of this.#watched.values()) {
      this.#deps.acks.end(message.wireId);
      this.#open.push({ ...message, looks: 0, notBefore: 0 });
    }
    this.#watched.clear();
  }

  /** Waits for the ack of a message that is on the page; settles it by that, or by a last look. */
  watch(message: MaybeSent, wireKey: string): void {
    const { acks, timing } = this.#deps;
    const { messageId, wireId } = message;
    const end = (verdict: Verdict): void => {
      if (!this.#watched.delete(messageId)) return;
      acks.end(wireId);
      this.#apply(message, verdict).catch((error: unknown) =>
        this.#deps.log.error('send.settle_failed', { messageId, error }),
      );
    };
    this.#watched.set(messageId, message);
    acks.watch(
      wireId,
      { holdMs: Math.min(HOLD_MS, timing.ackMs), ackMs: timing.ackMs },
      {
        onAck: (ack) => end(judgeByWire({ ...ack, found: true, wireKey })),
        onLate: () => {
          void this.#look(message).then((verdict) => {
            if (verdict.verdict === 'sent' || verdict.verdict === 'failed') end(verdict);
          });
        },
        onTimeout: () => {
          void this.#look(message).then((verdict) =>
            end(verdict.verdict === 'watch' ? { verdict: 'unknown' } : verdict),
          );
        },
      },
    );
  }

  /** Asks the page; without one, the message is looked up later. */
  async #look(message: MaybeSent): Promise<Verdict> {
    const engine = this.#deps.engine();
    return engine === null ? { verdict: 'look_up' } : this.#lookUp(engine, message);
  }

  /** An engine that cannot answer is as good as an absent message: asked again, then unknown. */
  async #lookUp(engine: WhatsAppEngine, message: MaybeSent): Promise<Verdict> {
    try {
      return judgeByWire(
        await engine.ask('lookUp', { wireId: message.wireId, chatId: message.chatId }),
      );
    } catch (error) {
      this.#deps.log.warn('send.look_up_failed', { messageId: message.messageId, error });
      return { verdict: 'unknown' };
    }
  }

  async #apply(message: MaybeSent, judged: Verdict): Promise<void> {
    const { messageId, wireId } = message;
    switch (judged.verdict) {
      case 'look_up':
        this.#open.push({ ...message, looks: 0, notBefore: 0 });
        this.#deps.toLookUp();
        return;
      case 'watch':
        this.watch(message, judged.wireKey);
        return;
      case 'not_begun':
        return this.#settle({
          messageId,
          outcome: 'not_begun',
          wireId: null,
          wireKey: null,
          error: null,
        });
      case 'sent':
        return this.#settle({
          messageId,
          outcome: 'sent',
          wireId,
          wireKey: judged.wireKey,
          error: null,
        });
      case 'failed':
        return this.#settle({
          messageId,
          outcome: 'failed',
          wireId,
          wireKey: judged.wireKey,
          error: judged.error,
        });
      case 'unknown':
        return this.#settle({ messageId, outcome: 'unknown', wireId, wireKey: null, error: null });
    }
  }

  async #settle(settlement: Settlement): Promise<void> {
    const { messageId, outcome, wireKey, error } = settlement;
    const { journal, settle } = this.#deps;
    if (outcome === 'not_begun') return settle(settlement);
    // Each is proof enough alone, so their two fsyncs need not wait for each other.
    await Promise.all([journal.finish(messageId, { outcome, wireKey, error }), settle(settlement)]);
  }
}

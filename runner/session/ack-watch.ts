import type { MessageError } from '../../shared/protocol/runner-reports.ts';
import type { Clock } from '../clock.ts';

/** `error`: why WhatsApp refused the message, where that is known. */
export type Ack = { ack: number; error?: MessageError };

/** Exactly one of `onAck` and `onTimeout` is called, unless the watch is ended first. */
type AckHandler = {
  /** With the first ack other than 0. */
  onAck: (ack: Ack) => void;
  /** After `holdMs`: this message no longer holds up the next ones, and its ack may have been missed. */
  onLate: () => void;
  onTimeout: () => void;
};

type AckPatience = { holdMs: number; ackMs: number };

type Watched = AckHandler & { holds: boolean; cancel: () => void };

const REMEMBERED = 500;

/**
 * Waits for WhatsApp's first ack of messages that are on the page and not yet acknowledged. Acks may come before the
 * engine's own answer, so the latest are kept.
 */
export class AckWatch {
  readonly #clock: Clock;
  readonly #acks = new Map<string, Ack>();
  readonly #watched = new Map<string, Watched>();
  #change = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many hold up what comes after them. */
  get awaited(): number {
    return [...this.#watched.values()].filter(({ holds }) => holds).length;
  }

  /** Resolves when `awaited` may be another, or `wake` was called. */
  changed(): Promise<void> {
    return this.#change.promise;
  }

  wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async noneAwaited(): Promise<void> {
    while (this.awaited > 0) await this.changed();
  }

  /** Takes each ack fact. 0 settles nothing. @returns whether the message was watched */
  seen(wireId: string, ack: Ack): boolean {
    if (ack.ack === 0) return false;
    const known = this.#acks.get(wireId);
    const highest = known !== undefined && known.ack >= ack.ack ? known : ack;
    this.#acks.set(wireId, highest);
    const [oldest] = this.#acks.keys();
    if (this.#acks.size > REMEMBERED && oldest !== undefined) this.#acks.delete(oldest);
    const watched = this.#watched.get(wireId);
    if (watched === undefined) return false;
    this.end(wireId);
    watched.onAck(highest);
    return true;
  }

  watch(wireId: string, { holdMs, ackMs }: AckPatience, handler: AckHandler): void {
    const known = this.#acks.get(wireId);
    if (known !== undefined) return handler.onAck(known);
    const cancelHold = this.#clock.after(holdMs, () => {
      watched.holds = false;
      this.wake();
      handler.onLate();
    });
    const cancelEnd = this.#clock.after(ackMs, () => {
      this.end(wireId);
      handler.onTimeout();
    });
    const cancel = (): void => {
      cancelHold();
      cancelEnd();
    };
    const watched: Watched = { ...handler, holds: true, cancel };
    this.#watched.set(wireId, watched);
  }

  /** Ends the watch of this message: none of its handlers is called. */
  end(wireId: string): void {
    this.#watched.get(wireId)?.cancel();
    this.#watched.delete(wireId);
    this.wake();
  }

  /** Ends all watches: no handler is called. */
  close(): void {
    for (const wireId of this.#watched.keys()) this.end(wireId);
  }
}

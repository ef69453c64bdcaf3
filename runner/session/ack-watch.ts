import type { Clock } from '../clock.ts';

type Watched = { onAck: (ack: number) => void; cancel: () => void };

const REMEMBERED = 500;

/**
 * Waits for WhatsApp's first ack of messages that are on the page and not yet acknowledged. Acks may come before the
 * engine's own answer does, so the last ones are remembered.
 */
export class AckWatch {
  readonly #clock: Clock;
  readonly #acks = new Map<string, number>();
  readonly #watched = new Map<string, Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Told of each ack fact. 0 settles nothing. */
  seen(wireId: string, ack: number): void {
    if (ack === 0) return;
    const highest = Math.max(this.#acks.get(wireId) ?? -1, ack);
    this.#acks.set(wireId, highest);
    const [oldest] = this.#acks.keys();
    if (this.#acks.size > REMEMBERED && oldest !== undefined) this.#acks.delete(oldest);
    const watched = this.#watched.get(wireId);
    if (watched === undefined) return;
    this.#watched.delete(wireId);
    watched.cancel();
    watched.onAck(highest);
  }

  /** Calls exactly one of the two: `onAck` with the first ack other than 0, or `onTimeout` after `ms`. */
  watch(wireId: string, ms: number, onAck: (ack: number) => void, onTimeout: () => void): void {
    const known = this.#acks.get(wireId);
    if (known !== undefined) return onAck(known);
    const cancel = this.#clock.after(ms, () => {
      this.#watched.delete(wireId);
      onTimeout();
    });
    this.#watched.set(wireId, { onAck, cancel });
  }

  /** Nobody is called any more. */
  close(): void {
    for (const { cancel } of this.#watched.values()) cancel();
    this.#watched.clear();
  }
}

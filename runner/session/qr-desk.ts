import type { Clock } from '../clock.ts';

export type CurrentQr = { qr: string; expiresAt: number };

/** The code that is on the page now, and who waits for one. */
export class QrDesk {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #current: CurrentQr | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  show(code: CurrentQr): void {
    this.#current = code;
    this.wake();
  }

  clear(): void {
    this.#current = null;
  }

  /** Those who wait look again: something changed that may mean that no code comes. */
  wake(): void {
    for (const finish of this.#waiting) finish();
  }

  /** A code that is good now, waiting up to `waitMs` for one; null at the end of that, or when `pointless` says so. */
  async wait(waitMs: number, pointless: () => boolean): Promise<CurrentQr | null> {
    const until = this.#clock.monotonic() + waitMs;
    for (;;) {
      if (this.#current !== null && this.#current.expiresAt > this.#clock.now())
        return this.#current;
      const left = until - this.#clock.monotonic();
      if (left <= 0 || pointless()) return null;
      await this.#change(left);
    }
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.#waiting.delete(finish);
        resolve();
      };
      const cancel = this.#clock.after(ms, finish);
      this.#waiting.add(finish);
    });
  }
}

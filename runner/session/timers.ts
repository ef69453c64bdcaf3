import type { Clock } from '../clock.ts';

/** Named timers of one owner: setting a name again replaces it, and all end together. */
export class Timers<Name extends string> {
  readonly #clock: Clock;
  readonly #running = new Map<Name, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: Name, ms: number, callback: () => void): void {
    this.clear(name);
    const cancel = this.#clock.after(ms, () => {
      this.#running.delete(name);
      callback();
    });
    this.#running.set(name, cancel);
  }

  has(name: Name): boolean {
    return this.#running.has(name);
  }

  clear(...names: Name[]): void {
    for (const name of names) {
      this.#running.get(name)?.();
      this.#running.delete(name);
    }
  }

  clearAll(): void {
    this.clear(...this.#running.keys());
  }
}

import type { Put } from '../storage.ts';

/**
 * Stands for the Signal ratchet: a number that grows with everything sent and lives in the profile. A profile restored
 * from an older copy reports a lower one, which the world notices.
 */
export class Ratchet {
  #counter = 0;

  restore(counter: number): void {
    this.#counter = counter;
  }

  get counter(): number {
    return this.#counter;
  }

  /** The next position, and the write that must be on disk before it is used. */
  step(): { counter: number; put: Put } {
    this.#counter += 1;
    return { counter: this.#counter, put: { store: 'kv', key: 'counter', value: this.#counter } };
  }
}

import type { Clock } from '../clock.ts';

type Timer = { at: number; callback: () => void };

/** A clock that moves by hand only. */
export class FakeClock implements Clock {
  #ms: number;
  #asleepMs = 0;
  #timers: Timer[] = [];

  constructor(startMs = 1_800_000_000_000) {
    this.#ms = startMs;
  }

  now(): number {
    return this.#ms + this.#asleepMs;
  }

  monotonic(): number {
    return this.#ms;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#ms + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  /** Time passes and no timer runs: what an event loop sees that hung. */
  jump(ms: number): void {
    this.#ms += ms;
  }

  /** The machine sleeps: afterwards the wall clock alone is further. */
  sleep(ms: number): void {
    this.#asleepMs += ms;
  }

  /** Lets time pass, and runs each timer at its own moment; promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#ms + ms;
    for (;;) {
      await settle();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#ms = Math.max(this.#ms, next.at);
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.callback();
    }
    this.#ms = end;
    await settle();
  }
}

/** Lets everything that is ready run: several turns, since real files are read and written in between. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

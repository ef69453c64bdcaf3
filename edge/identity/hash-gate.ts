import { AppError } from '../../shared/errors.ts';

/** One hash at work and three that wait: more would hold up every other request of the isolate for half a second. */
const MAX_INSIDE = 4;
/** A request that was given up never says that it is done; after this long its place is free again. */
const LONGEST_MS = 10_000;

/** Lets few password hashes into an isolate at once, since each takes its only thread for itself. */
export class HashGate {
  /** Hashes done so far. */
  runs = 0;
  readonly #inside = new Map<symbol, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Runs one hash.
   * @throws AppError UNAVAILABLE when three are waiting already
   */
  async run<Result>(hash: () => Promise<Result>): Promise<Result> {
    const now = this.#now();
    for (const [place, since] of this.#inside)
      if (now - since > LONGEST_MS) this.#inside.delete(place);
    if (this.#inside.size >= MAX_INSIDE) {
      throw new AppError('UNAVAILABLE', 'Too many people are signing in; try again shortly.');
    }
    const place = Symbol('place');
    this.#inside.set(place, now);
    try {
      // Others that have arrived are to find their place taken, not to queue behind a busy thread unseen.
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.runs += 1;
      return await hash();
    } finally {
      this.#inside.delete(place);
    }
  }
}

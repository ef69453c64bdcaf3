import { AppError } from '../../shared/errors.ts';

/** One hash at work and three that wait their turn. */
const MAX_INSIDE = 4;
/** About as long as a hash takes: between two of them, the isolate's only thread serves everybody else for as long. */
export const REST_MS = 150;
const LOOK_EVERY_MS = 10;
/** A request that was given up never says that it is done; after this long its place is free again. */
const LONGEST_MS = 10_000;

const tooMany = (): AppError =>
  new AppError('UNAVAILABLE', 'Too many people are signing in; try again shortly.');

/** Lets password hashes into an isolate one after the other, since each takes its only thread for itself. */
export class HashGate {
  /** Hashes done so far. */
  runs = 0;
  /** Since when each is inside, in the order in which they came: the first is at work. */
  readonly #inside = new Map<symbol, number>();
  readonly #now: () => number;
  #restUntil = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Runs one hash.
   * @throws AppError UNAVAILABLE when three are waiting already
   */
  async run<Result>(hash: () => Promise<Result>): Promise<Result> {
    this.#forgetGivenUp();
    if (this.#inside.size >= MAX_INSIDE) throw tooMany();
    const place = Symbol('place');
    this.#inside.set(place, this.#now());
    try {
      await this.#turnOf(place);
      this.runs += 1;
      return await hash();
    } finally {
      // A request that was given up comes back too late to count.
      if (this.#inside.delete(place)) this.#restUntil = this.#now() + REST_MS;
    }
  }

  /** Looks again and again: an isolate's requests cannot wake each other when one of them is cut off. */
  async #turnOf(place: symbol): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      this.#forgetGivenUp();
      if (!this.#inside.has(place)) throw tooMany();
    } while (this.#inside.keys().next().value !== place || this.#now() < this.#restUntil);
  }

  #forgetGivenUp(): void {
    for (const [place, since] of this.#inside)
      if (this.#now() - since > LONGEST_MS) this.#inside.delete(place);
  }
}

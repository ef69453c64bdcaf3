const POLL_MS = 20;
/** While a new answer is on its way, one of this age does as well. */
const STALE_MS = 10_000;

type Asking<Answer> = {
  now: () => number;
  /** So long an answer is given again. */
  keptMs: number;
  /** Longer than asking takes: a request that asked and was cut off keeps the others no longer. */
  longestMs: number;
  ask: () => Promise<Answer>;
};

/**
 * The last answer to a question that costs something, so that a flood of callers costs what one does. Kept as data: workerd
 * lets no request wait for another's fetch.
 */
export class LastAnswer<Answer> {
  #askedAt: number | null = null;
  #last: { at: number; answer: Answer } | null = null;

  /** The last answer, or a new one when that is old. One request asks at a time. */
  async get({ now, keptMs, longestMs, ask }: Asking<Answer>): Promise<Answer> {
    for (;;) {
      const age = this.#last === null ? Infinity : now() - this.#last.at;
      const isAsked = this.#askedAt !== null && now() - this.#askedAt < longestMs;
      if (this.#last !== null && age < (isAsked ? STALE_MS : keptMs)) return this.#last.answer;
      if (!isAsked) return this.#askNow(now, ask);
      await scheduler.wait(POLL_MS);
    }
  }

  async #askNow(now: () => number, ask: () => Promise<Answer>): Promise<Answer> {
    const askedAt = now();
    this.#askedAt = askedAt;
    try {
      const answer = await ask();
      this.#last = { at: now(), answer };
      return answer;
    } finally {
      if (this.#askedAt === askedAt) this.#askedAt = null;
    }
  }
}

/** An isolate has one for each environment that it has seen; in production there is one. */
export class LastAnswers<Answer> {
  readonly #known = new WeakMap<object, LastAnswer<Answer>>();

  of(env: object): LastAnswer<Answer> {
    const known = this.#known.get(env);
    if (known !== undefined) return known;
    const made = new LastAnswer<Answer>();
    this.#known.set(env, made);
    return made;
  }
}

/** Runs one piece of work at a time, in the order of the calls. Work that fails does not hold up what comes after it. */
export class WorkLane {
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  /** Settles as `work` does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    this.#open += 1;
    const done = this.#last.then(work).finally(() => {
      this.#open -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Nothing runs or waits. */
  get empty(): boolean {
    return this.#open === 0;
  }

  /** Resolves when everything that was asked for until now has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

/** A lane for each key, which is there for as long as it has work: keys do not wait for each other. */
export class KeyedLanes {
  readonly #lanes = new Map<string, WorkLane>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? new WorkLane();
    this.#lanes.set(key, lane);
    return lane.run(work).finally(() => {
      if (lane.empty) this.#lanes.delete(key);
    });
  }

  has(key: string): boolean {
    return this.#lanes.has(key);
  }

  /** Resolves when everything that was asked for until now has ended, of all keys. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }
}

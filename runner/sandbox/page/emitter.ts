// Events carry whatever their source says; listeners come from the library and cannot be typed here.
type Listener = (...args: never[]) => unknown;
type Entry = { listener: Listener; call: (...args: unknown[]) => unknown };

const split = (events: string): string[] => events.split(/\s+/).filter((name) => name !== '');

/** Backbone-like events: several names in one string, `off` by listener. */
export class Emitter {
  // Not enumerable, so that models show their attributes only.
  readonly #listeners = new Map<string, Entry[]>();

  on(events: string, listener: Listener): this {
    // Arguments are passed through untouched.
    return this.#add(events, listener, listener as (...args: unknown[]) => unknown);
  }

  once(events: string, listener: Listener): this {
    const plain = listener as (...args: unknown[]) => unknown;
    return this.#add(events, listener, (...args) => {
      this.off(events, listener);
      return plain(...args);
    });
  }

  off(events: string, listener?: Listener): this {
    for (const name of split(events)) {
      const left = (this.#listeners.get(name) ?? []).filter(
        (entry) => listener !== undefined && entry.listener !== listener,
      );
      this.#listeners.set(name, left);
    }
    return this;
  }

  trigger(event: string, ...args: unknown[]): this {
    for (const entry of this.#listeners.get(event) ?? []) {
      try {
        const result = entry.call(...args);
        if (result instanceof Promise) result.catch(reportError);
      } catch (error) {
        // One bad listener must not keep the others from hearing.
        reportError(error);
      }
    }
    return this;
  }

  listenerCount(event: string): number {
    return this.#listeners.get(event)?.length ?? 0;
  }

  #add(events: string, listener: Listener, call: Entry['call']): this {
    for (const name of split(events)) {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { listener, call }]);
    }
    return this;
  }
}

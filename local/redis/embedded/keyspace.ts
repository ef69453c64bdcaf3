type Slot = { value: string; expiresAt: number | undefined };

/** All keys with their strings, which are all that is kept here, and when they expire. Time stands still while a command, transaction or script runs. */
export class Keyspace {
  readonly #slots = new Map<string, Slot>();
  /** ms since the epoch; set by whoever runs commands. */
  now = 0;

  put(key: string, value: string, expiresAt?: number): void {
    this.#slots.set(key, { value, expiresAt });
  }

  remove(key: string): boolean {
    return this.#live(key) !== undefined && this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
  }

  value(key: string): string | undefined {
    return this.#live(key)?.value;
  }

  /** ms since the epoch; undefined for a key that stays, or that is not there. */
  expiresAt(key: string): number | undefined {
    return this.#live(key)?.expiresAt;
  }

  /** @param at ms since the epoch; a moment that has passed removes the key, undefined lets it stay. */
  expire(key: string, at: number | undefined): void {
    const slot = this.#live(key);
    if (slot === undefined) return;
    slot.expiresAt = at;
    if (at !== undefined && at <= this.now) this.#slots.delete(key);
  }

  /** Every key that is there, oldest first; what has expired is dropped on the way. */
  keys(): string[] {
    return [...this.#slots.keys()].filter((key) => this.#live(key) !== undefined);
  }

  #live(key: string): Slot | undefined {
    const slot = this.#slots.get(key);
    if (slot?.expiresAt === undefined || slot.expiresAt > this.now) return slot;
    this.#slots.delete(key);
    return undefined;
  }
}

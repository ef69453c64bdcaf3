type Slot = { value: string; expiresAt: number | undefined };

/** All keys with their strings, and when they expire. Time stands still while a command or script runs. */
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

  value(key: string): string | undefined {
    return this.#live(key)?.value;
  }

  /** ms since the epoch; undefined for a key that stays, or that is not there. */
  expiresAt(key: string): number | undefined {
    return this.#live(key)?.expiresAt;
  }

  /** @param at ms since the epoch; a moment that has passed removes the key. */
  expire(key: string, at: number): void {
    const slot = this.#live(key);
    if (slot !== undefined) slot.expiresAt = at;
  }

  /** Drops what has expired and nobody has asked for since. */
  sweep(): void {
    for (const key of this.#slots.keys()) this.#live(key);
  }

  /** The write commands that make an empty keyspace equal to this one. */
  snapshot(): string[][] {
    this.sweep();
    return [...this.#slots].flatMap(([key, { value, expiresAt }]) => {
      const put = ['SET', key, value];
      return expiresAt === undefined ? [put] : [put, ['PEXPIREAT', key, String(expiresAt)]];
    });
  }

  #live(key: string): Slot | undefined {
    const slot = this.#slots.get(key);
    if (slot?.expiresAt === undefined || slot.expiresAt > this.now) return slot;
    this.#slots.delete(key);
    return undefined;
  }
}

/**
 * Remembers nonces for as long as their signatures are good, so that a recorded request cannot be played again. Memory
 * is bounded by what a signer can make in a minute; forged requests never come here.
 */
export class NonceMemory {
  readonly #nowSeconds: () => number;
  readonly #seen = new Map<string, number>();
  #sweepAt = 0;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  /** @returns false when the nonce was seen before */
  remember(nonce: string, expiresAtSeconds: number): boolean {
    const now = this.#nowSeconds();
    if (now >= this.#sweepAt) {
      this.#sweepAt = now + 10;
      for (const [old, expires] of this.#seen) if (expires <= now) this.#seen.delete(old);
    }
    if (this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, expiresAtSeconds);
    return true;
  }
}

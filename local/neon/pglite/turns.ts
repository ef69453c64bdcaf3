/** Hands one thing to many holders, one after the other in the order they asked. */
export class Turns {
  #holder: object | undefined;
  readonly #waiting: { holder: object; proceed: () => void }[] = [];

  /** Resolves when it is this holder's turn; at once when it still is. */
  async take(holder: object): Promise<void> {
    if (this.#holder === holder) return;
    if (this.#holder === undefined) {
      this.#holder = holder;
      return;
    }
    await new Promise<void>((proceed) => this.#waiting.push({ holder, proceed }));
  }

  has(holder: object): boolean {
    return this.#holder === holder;
  }

  /** Passes the turn on; nothing happens when it was not this holder's. */
  giveBack(holder: object): void {
    if (this.#holder !== holder) return;
    const next = this.#waiting.shift();
    this.#holder = next?.holder;
    next?.proceed();
  }
}

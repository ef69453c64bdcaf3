/** Those who wait until something holds of the machines. */
export class Watchers {
  readonly #looks = new Set<() => void>();

  /** Resolves to true when `holds` does, to false after `timeoutMs`. */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        this.#looks.delete(look);
        clearTimeout(timer);
        resolve(result);
      };
      const look = (): void => {
        if (holds()) end(true);
      };
      const timer = setTimeout(() => end(false), timeoutMs);
      this.#looks.add(look);
      look();
    });
  }

  /** Something changed: each looks again. */
  look(): void {
    for (const look of this.#looks) look();
  }
}

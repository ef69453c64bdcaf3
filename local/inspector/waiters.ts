/** Long polls waiting for something new in a box. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();
  #closed = false;

  /** Resolves when the box is notified, after `timeoutMs`, when `signal` aborts, or at close. */
  async wait(box: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted || timeoutMs <= 0) return;
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(box) ?? new Set();
      this.#waiting.set(box, waiting);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(box);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake, { once: true });
      waiting.add(wake);
    });
  }

  notify(box: string): void {
    for (const wake of this.#waiting.get(box) ?? []) wake();
  }

  close(): void {
    this.#closed = true;
    for (const box of this.#waiting.keys()) this.notify(box);
  }
}

import { machineMs } from './supervisor/protocol.ts';

/** Time as an argument: wall clock for what is written down, monotonic clock for deadlines. All in milliseconds. */
export type Clock = {
  /** Unix ms. */
  now(): number;
  /** Ms since some fixed moment; never goes back, and means the same in every process of the machine. */
  monotonic(): number;
  /** Calls back once after `ms`, soon when that is not above 0; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: machineMs,
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when `signal` aborts; look at the signal to know which. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal?.aborted === true) return resolve();
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(ms, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Settles as `work` does, or resolves to undefined as soon as `signal` aborts. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
      .catch(reject);
  });
}

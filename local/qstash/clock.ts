/** Wall time in ms and one-shot timers. Passed in, so that a test can move time by hand. */
export type Clock = {
  now: () => number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after: (delayMs: number, run: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

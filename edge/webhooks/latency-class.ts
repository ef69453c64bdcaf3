/** Each class of latencies ends at this much more than the one before: a percentile is right to a tenth. */
const RATIO = 1.2;

/** Latencies are counted by class, so that a day of any number of attempts is a few rows. */
export const latencyClass = (ms: number): number =>
  ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(RATIO));

/** Milliseconds that stand for a class: its middle. */
export const latencyOf = (ofClass: number): number => Math.round(RATIO ** (ofClass - 0.5));

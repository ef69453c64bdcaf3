export type Percentiles = { p50: number; p99: number; count: number };

/** Nearest-rank percentiles of a sample. */
export function percentiles(sample: readonly number[]): Percentiles {
  const sorted = sample.toSorted((a, b) => a - b);
  const rank = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: rank(0.5), p99: rank(0.99), count: sorted.length };
}

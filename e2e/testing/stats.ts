export type Percentiles = { p50: number; p95: number; p99: number; count: number };

/** Nearest-rank percentile of a sample; `share` of 0.95 is the 95th. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const percentiles = (sample: readonly number[]): Percentiles => ({
  p50: percentile(sample, 0.5),
  p95: percentile(sample, 0.95),
  p99: percentile(sample, 0.99),
  count: sample.length,
});

/**
 * When a session counts as caught in a crash loop: it died this often in a row while it came up, the first and the last within
 * this time. From then on it is tried with growing delays, until it comes up once or its user starts it.
 */
export const CRASH_LOOP = {
  failures: 5,
  withinMs: 15 * 60_000,
  firstDelayMs: 60_000,
  maxDelayMs: 30 * 60_000,
} as const;

/** Whether that many failed starts in a row are a crash loop, and how long to wait before the next one. */
export function afterFailedStarts(failures: number): { crashLoop: boolean; delayMs: number } {
  const { failures: enough, firstDelayMs, maxDelayMs } = CRASH_LOOP;
  if (failures < enough) return { crashLoop: false, delayMs: 0 };
  return {
    crashLoop: true,
    delayMs: Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures - enough, 10)),
  };
}

/** Delays by number of failures, from 1 on; the last stands for all after it. For use in SQL. */
export function delaysByFailures(): number[] {
  const delays: number[] = [];
  do delays.push(afterFailedStarts(delays.length + 1).delayMs);
  while (delays.at(-1) !== CRASH_LOOP.maxDelayMs);
  return delays;
}

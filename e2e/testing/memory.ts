import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process holds in memory now, in MB; 0 when it is gone. Linux only. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The most that each of some processes held until the signal says stop, in MB, in their order. */
export async function mostResident(
  pids: readonly number[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  let most = pids.map(residentMb);
  while (!signal.aborted) {
    await sleep(100);
    most = most.map((before, index) => Math.max(before, residentMb(pids[index] ?? 0)));
  }
  return most;
}

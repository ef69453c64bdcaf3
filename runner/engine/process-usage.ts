import { readFile, readdir } from 'node:fs/promises';
import type { EngineUsage } from './port.ts';

/** Linux counts processor time in ticks of this many a second, on every platform Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * What a process and all its descendants take, from /proc; null where there is none.
 * @param root pid of the session's own process, which the browser descends from
 */
export async function usageOfTree(root: number): Promise<EngineUsage | null> {
  const stats = await readStats();
  if (!stats.has(root)) return null;
  const pids = descendants(root, stats);
  const sizes = await Promise.all(pids.map(sizeOf));
  let rssBytes = 0;
  let pssBytes: number | null = 0;
  for (const size of sizes) {
    rssBytes += size.rssBytes;
    pssBytes = pssBytes === null || size.pssBytes === null ? null : pssBytes + size.pssBytes;
  }
  const ticks = pids.reduce((sum, pid) => sum + (stats.get(pid)?.ticks ?? 0), 0);
  return { processes: pids.length, rssBytes, pssBytes, cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
}

type Stat = { parent: number; ticks: number };

/** `pid (name) state ppid … utime stime cutime cstime`: the name may hold spaces and brackets, so count from its end. */
export function parseStat(text: string): Stat | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const [user, system] = [fields[11], fields[12]].map(Number);
  if (state === undefined || state === 'Z' || parent === undefined) return null;
  if (user === undefined || system === undefined || Number.isNaN(user + system)) return null;
  return { parent: Number(parent), ticks: user + system };
}

export function descendants(root: number, stats: ReadonlyMap<number, Stat>): number[] {
  const children = Map.groupBy(stats.keys(), (pid) => stats.get(pid)?.parent ?? 0);
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Bytes of a line of /proc's `Name:  123 kB`. */
export function kilobytes(text: string, name: string): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return match === null ? null : Number(match[1]) * 1024;
}

async function readStats(): Promise<Map<number, Stat>> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const stats = new Map<number, Stat>();
  await Promise.all(
    pids.map(async (pid) => {
      const stat = parseStat(await readOrEmpty(`/proc/${pid}/stat`));
      if (stat !== null) stats.set(pid, stat);
    }),
  );
  return stats;
}

/** A process that ended meanwhile takes nothing; one whose pages we may not count has no PSS. */
async function sizeOf(pid: number): Promise<{ rssBytes: number; pssBytes: number | null }> {
  const rollup = await readOrEmpty(`/proc/${pid}/smaps_rollup`);
  const pssBytes = kilobytes(rollup, 'Pss');
  if (pssBytes !== null) return { rssBytes: kilobytes(rollup, 'Rss') ?? pssBytes, pssBytes };
  const rssBytes = kilobytes(await readOrEmpty(`/proc/${pid}/status`), 'VmRSS');
  return rssBytes === null ? { rssBytes: 0, pssBytes: 0 } : { rssBytes, pssBytes: null };
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type LiveProcess = { pid: number; parent: number; command: string };
/** What runs of one session on one runner: its process and that process's browser. */
export type LiveBrowser = { pid: number; sessionId: string; profileDir: string; parent: number };

/** Every process of this machine; one that ends while it is looked at is none. Linux only. */
export function readProcesses(): LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return [];
      }
    });
}

/** Main processes of the browsers that have a profile under this folder open. */
export function liveBrowsers(directory: string): LiveBrowser[] {
  const found = readProcesses().flatMap(({ pid, parent, command }) => {
    if (command.includes(' --type=')) return [];
    const [, profileDir = '', sessionId = ''] =
      /--user-data-dir=(\S+\/sessions\/(\w+)\/\S+)/.exec(command) ?? [];
    return profileDir.startsWith(directory) ? [{ pid, parent, sessionId, profileDir }] : [];
  });
  // A helper bears the name of the browser that forked it until it has become itself.
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ parent }) => !pids.has(parent));
}

/** Processes that runners under this folder started for their sessions: one a session, and its browser's parent. */
export const sessionProcesses = (directory: string): LiveProcess[] =>
  readProcesses().filter(
    ({ command }) => command.includes(directory) && command.includes('session-process.cjs'),
  );

/** Every process below one, itself included. */
export function familyOf(root: number, table: readonly LiveProcess[] = readProcesses()): number[] {
  const family = [root];
  for (const pid of family)
    family.push(...table.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return family;
}

/** Looks many times a second until the signal says stop, and says what it saw. */
export async function watchBrowsers(
  directory: string,
  signal: AbortSignal,
  everyMs = 50,
): Promise<LiveBrowser[][]> {
  const looks: LiveBrowser[][] = [];
  while (!signal.aborted) {
    looks.push(liveBrowsers(directory));
    await sleep(everyMs);
  }
  return looks;
}

/** Looks that found a session's profile open in more than one browser. */
export const doubleOwners = (looks: readonly LiveBrowser[][]): string[] =>
  looks.flatMap((look) =>
    [...Map.groupBy(look, ({ sessionId }) => sessionId)]
      .filter(([, browsers]) => browsers.length > 1)
      .map(([sessionId, browsers]) => `${sessionId}: ${browsers.map(({ pid }) => pid).join(', ')}`),
  );

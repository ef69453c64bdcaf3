import { readFileSync, readdirSync } from 'node:fs';

export type ProcessRow = {
  pid: number;
  ppid: number;
  pgid: number;
  /** Since boot, in clock ticks: distinguishes a process from a later one with the same pid. */
  startedAt: string;
  /** Arguments joined by blanks. */
  command: string;
};

/** Every process that runs (zombies do not), or null where there is no /proc to read. */
export function readProcessTable(): ProcessRow[] | null {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => readProcess(Number(entry)) ?? []);
  } catch {
    return null;
  }
}

/** One process; null when it does not run, or where there is no /proc. */
export function readProcess(pid: number): ProcessRow | null {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (stat.state === 'Z' || stat.state === 'X') return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, ppid: stat.ppid, pgid: stat.pgid, startedAt: stat.startedAt, command };
  } catch {
    return null;
  }
}

/** Of /proc/<pid>/stat: the command's name is in brackets and may hold anything, so fields count from its end. */
export function parseStat(text: string): {
  state: string;
  ppid: number;
  pgid: number;
  startedAt: string;
} {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', ppid = '0', pgid = '0'] = fields;
  return { state, ppid: Number(ppid), pgid: Number(pgid), startedAt: fields[19] ?? '' };
}

export type Family = {
  roots: readonly { pid: number; startedAt: string | null }[];
  profileDir: string | null;
};

/**
 * Pids that belong to a session: its roots (unless the pid is another process's by now), whatever is in a group that one of
 * them leads, whatever has its profile open, and all descendants of these.
 */
export function membersOf(family: Family, table: readonly ProcessRow[]): number[] {
  const roots = new Set(
    family.roots
      .filter(({ pid, startedAt }) =>
        table.some((row) => row.pid === pid && (startedAt === null || row.startedAt === startedAt)),
      )
      .map(({ pid }) => pid),
  );
  const members = new Set(
    table
      .filter(({ pid, pgid, command }) => {
        return roots.has(pid) || roots.has(pgid) || opens(command, family.profileDir);
      })
      .map(({ pid }) => pid),
  );
  for (;;) {
    const more = table.filter(({ pid, ppid }) => members.has(ppid) && !members.has(pid));
    if (more.length === 0) return [...members];
    for (const { pid } of more) members.add(pid);
  }
}

function opens(command: string, profileDir: string | null): boolean {
  return profileDir !== null && `${command} `.includes(`--user-data-dir=${profileDir} `);
}

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export type ProcessEntry = {
  pid: number;
  parent: number;
  /** When it began, in a form that is the same for the same process: a pid alone may have been given to another. */
  startedAt: string;
  command: string;
};

/** Every process of this machine that has not ended. */
export function listProcesses(): ProcessEntry[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

export const processOf = (pid: number | undefined): ProcessEntry | undefined =>
  listProcesses().find((entry) => entry.pid === pid);

/** Sends SIGKILL to a process and all that it started, as a machine that loses its power does. Children go first. */
export const killTree = (root: { pid: number; startedAt: string }): void =>
  signalTree(root, 'SIGKILL');

/** Sends a signal to a process and all that it started, children first. */
export function signalTree(
  root: { pid: number; startedAt: string },
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): void {
  const table = listProcesses();
  const found = table.find(
    ({ pid, startedAt }) => pid === root.pid && startedAt === root.startedAt,
  );
  if (found === undefined) return;
  const family: ProcessEntry[] = [found];
  for (const entry of family) family.push(...table.filter(({ parent }) => parent === entry.pid));
  for (const { pid } of family.toReversed()) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

const STARTED_AT_FIELD = 19;

function fromProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
        const [state, parent] = fields;
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const startedAt = fields[STARTED_AT_FIELD] ?? '';
        return [{ pid: Number(name), parent: Number(parent), startedAt, command }];
      } catch {
        return []; // it ended while it was looked at
      }
    });
}

function fromPs(): ProcessEntry[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,lstart=,command='], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, startedAt = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), startedAt, command }];
  });
}

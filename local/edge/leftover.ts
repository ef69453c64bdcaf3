import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'workerd.pid';

/**
 * workerd outlives a Miniflare process that is killed with -9, and keeps its port. So its pid is written down, and the next
 * start ends what is left over.
 */
export function rememberWorkerd(dataDir: string): void {
  const child = listProcesses().find(
    ({ parent, command }) => parent === process.pid && command.includes('workerd'),
  );
  if (child !== undefined) writeFileSync(join(dataDir, FILE), String(child.pid));
}

/** Kills the workerd of an earlier run, if it still lives and is nobody's: a pid may have been given to another program. */
export async function endLeftoverWorkerd(dataDir: string): Promise<void> {
  const path = join(dataDir, FILE);
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8'));
  const find = () =>
    listProcesses().find((one) => one.pid === pid && one.command.includes('workerd'));
  if (find() === undefined) return;
  process.kill(pid, 'SIGKILL');
  while (find() !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
}

type Process = { pid: number; parent: number; command: string };

function listProcesses(): Process[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [, state, parent] = /\) (\S) (\d+)/.exec(stat) ?? [];
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // it ended while it was looked at
      }
    });
}

function fromPs(): Process[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

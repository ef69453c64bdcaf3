import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listProcesses, processOf } from '../processes.ts';

const FILE = 'workerd.pid';

/** workerd outlives a parent that is killed with -9, and keeps its port. So its pid is written down, for the next start. */
export function rememberWorkerd(dataDir: string, pid: number): void {
  writeFileSync(join(dataDir, FILE), String(pid));
}

/** Kills the workerd of an earlier run, if it still lives and is nobody's: a pid may have been given to another program. */
export async function endLeftoverWorkerd(dataDir: string): Promise<void> {
  const path = join(dataDir, FILE);
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8'));
  const left = listProcesses().find((one) => one.pid === pid && one.command.includes('workerd'));
  if (left === undefined) return;
  process.kill(pid, 'SIGKILL');
  // By its beginning: a process that ends has no command line any more while it still has its port.
  while (processOf(pid)?.startedAt === left.startedAt)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

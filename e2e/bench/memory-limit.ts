import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type LimitedGroup = {
  /** Moves a process into the group; what it starts from then on is in it too. */
  add: (pid: number) => void;
  /** The most that was used so far, page cache included. */
  mostMiB: () => number;
  /** Processes that the kernel has killed for want of memory. */
  kills: () => number;
  remove: () => void;
};

const ROOT = '/sys/fs/cgroup';
/** Names of the same files in both versions. @see https://docs.kernel.org/admin-guide/cgroup-v2.html */
const V2 = {
  folder: ROOT,
  limit: 'memory.max',
  most: 'memory.peak',
  kills: 'memory.events',
  swap: { file: 'memory.swap.max', value: () => '0' },
};
const V1 = {
  folder: join(ROOT, 'memory'),
  limit: 'memory.limit_in_bytes',
  most: 'memory.max_usage_in_bytes',
  kills: 'memory.oom_control',
  // Memory and swap together.
  swap: { file: 'memory.memsw.limit_in_bytes', value: (limit: string) => limit },
};

/** A control group with this much memory and no swap. Needs root. @throws Error when the machine's groups cannot be written */
export function limitedGroup(mib: number): LimitedGroup {
  const names = existsSync(join(ROOT, 'cgroup.controllers')) ? V2 : V1;
  const folder = join(names.folder, `waypost-bench-${process.pid}-${mib}`);
  mkdirSync(folder);
  const write = (file: string, value: string): void => writeFileSync(join(folder, file), value);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const limit = String(mib * 1024 * 1024);
  write(names.limit, limit);
  if (existsSync(join(folder, names.swap.file))) write(names.swap.file, names.swap.value(limit));
  return {
    add: (pid) => write('cgroup.procs', String(pid)),
    mostMiB: () => Number(read(names.most)) / 1024 / 1024,
    kills: () => Number(/^oom_kill (\d+)/m.exec(read(names.kills))?.[1] ?? 0),
    remove: () => rmdirSync(folder),
  };
}

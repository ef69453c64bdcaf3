import { readdir, readFile } from 'node:fs/promises';

/** A process and all its descendants. Linux only. */
export async function treePids(rootPid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  return pids.filter((pid) => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
      if (at === rootPid) return true;
    }
    return false;
  });
}

/**
 * Proportional set size of a process and all its descendants, in MiB: shared pages are counted once, split among those
 * who share them. Linux only; a process that ends while it is read counts nothing.
 */
export async function treePssMiB(rootPid: number): Promise<{ pssMiB: number; processes: number }> {
  const tree = await treePids(rootPid);
  let kibibytes = 0;
  for (const pid of tree) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return { pssMiB: kibibytes / 1024, processes: tree.length };
}

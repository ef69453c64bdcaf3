import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { commandLine } from '../../process-tree.ts';

/** Pids of all descendants of a process that are still running. */
export function descendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The renderers among the descendants of a browser. */
export function renderersOf(browserPid: number): number[] {
  return descendants(browserPid).filter((pid) => commandLine(pid)?.includes('--type=renderer'));
}

/** Also true for a zombie: it has ended and nobody has taken note of it. */
export function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in brackets and may hold anything, so the fields after it are counted from its end.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

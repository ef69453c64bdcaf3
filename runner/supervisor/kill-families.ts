import {
  membersOf,
  readProcess,
  readProcessTable,
  type Family,
  type ProcessRow,
} from './process-table.ts';

/** A process that is killed may have started another in the same moment. */
const ROUNDS = 5;

/**
 * Sends SIGKILL to sessions' whole families, and again to what came of them meanwhile. Their browsers are stopped first: one
 * that wakes with an expired lease connects again sooner than a busy machine lists its processes. Those that stand still keep
 * their descendants known, which killed ones would not.
 *
 * @returns whom it was sent to, a list a family
 */
export function killFamilies(
  families: readonly Family[],
  read: () => ProcessRow[] | null = readProcessTable,
): number[][] {
  for (const { roots } of families) for (const root of roots) if (runs(root)) stop(root.pid);
  const killed = families.map(() => new Set<number>());
  for (let round = 0; round < ROUNDS; round += 1) {
    const table = read();
    let again = false;
    for (const [index, family] of families.entries()) {
      const members =
        table === null ? family.roots.map(({ pid }) => pid) : membersOf(family, table);
      const fresh = members.filter((pid) => !killed[index]?.has(pid));
      again ||= fresh.length > 0;
      for (const pid of fresh) {
        killed[index]?.add(pid);
        kill(pid);
        // Without a table, the group that a root leads is all that is known of its descendants.
        if (table === null) kill(-pid);
      }
    }
    if (!again) break;
  }
  return killed.map((pids) => [...pids]);
}

/** False too when its pid is another process's by now. */
const runs = ({ pid, startedAt }: Family['roots'][number]): boolean =>
  startedAt === null || readProcess(pid)?.startedAt === startedAt;

/** A root and the group that it leads. */
function stop(root: number): void {
  for (const target of [-root, root]) signal(target, 'SIGSTOP');
}

export const kill = (target: number): void => signal(target, 'SIGKILL');

function signal(target: number, name: 'SIGKILL' | 'SIGSTOP'): void {
  try {
    process.kill(target, name);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) process.stderr.write(`${JSON.stringify({ event: 'supervisor.kill', target })}\n`);
  }
}

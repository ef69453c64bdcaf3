import { membersOf, readProcessTable, type Family, type ProcessRow } from './process-table.ts';

/** A process that is killed may have started another in the same moment. */
const ROUNDS = 5;

/** Sends SIGKILL to a session's whole family, and again to what came of it meanwhile. Returns whom it was sent to. */
export function killFamily(
  family: Family,
  read: () => ProcessRow[] | null = readProcessTable,
): number[] {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const table = read();
    const members = table === null ? family.roots.map(({ pid }) => pid) : membersOf(family, table);
    const fresh = members.filter((pid) => !killed.has(pid));
    if (fresh.length === 0) break;
    for (const pid of fresh) {
      killed.add(pid);
      kill(pid);
      // Without a table, the group that a root leads is all that is known of its descendants.
      if (table === null) kill(-pid);
    }
  }
  return [...killed];
}

export function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) process.stderr.write(`${JSON.stringify({ event: 'supervisor.kill', target })}\n`);
  }
}

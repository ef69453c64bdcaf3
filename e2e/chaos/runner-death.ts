import { readProcesses } from '../testing/live-processes.ts';
import { parentOf } from '../testing/processes.ts';

/**
 * Ends a runner with kill -9. `machine`: its supervisor too, so that nobody is left to tell the edge, as when the whole
 * machine is gone. Linux only.
 */
export function killRunner(pid: number, { machine }: { machine: boolean }): void {
  const supervisor = machine ? supervisorOf(pid) : null;
  process.kill(pid, 'SIGKILL');
  if (supervisor !== null) process.kill(supervisor, 'SIGKILL');
}

/** While `work` goes on, what would start this runner again stands still. */
export async function withoutRestart<Result>(
  runnerPid: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const launcher = await parentOf(runnerPid);
  process.kill(launcher, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(launcher, 'SIGCONT');
  }
}

function supervisorOf(runnerPid: number): number {
  const found = readProcesses().find(
    ({ command }) =>
      command.includes('supervisor') && command.includes(`"runnerPid":${runnerPid}}`),
  );
  if (found === undefined) throw new Error(`runner ${runnerPid} has no supervisor`);
  return found.pid;
}

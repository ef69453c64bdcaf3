import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createLog } from '../../log.ts';
import { machineMs, SupervisorTiming } from '../protocol.ts';
import { startSupervisor } from '../supervisor.ts';

/** A runner reduced to its supervisor and one session, for tests that stop, block or kill a runner. */
const Task = z.object({
  profileDir: z.string(),
  timing: SupervisorTiming,
  /** The lease's length. */
  leaseMs: z.number(),
  renewEveryMs: z.number().nullable(),
});
const task = Task.parse(JSON.parse(process.argv[2] ?? '{}'));

const supervisor = startSupervisor({ log: createLog({ level: 'info' }), timing: task.timing });
const renew = (): void =>
  supervisor.lease({ sessionId: 'ses_1', epoch: 1, deadline: machineMs() + task.leaseMs });
const tree = spawn(
  process.execPath,
  [fileURLToPath(new URL('./tree.ts', import.meta.url)), task.profileDir],
  { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
);
const [line] = await once(tree.stdout, 'data');
const family = z.array(z.number()).parse(JSON.parse(String(line)));
const [root = 0, browser = 0] = family;
renew();
if (task.renewEveryMs !== null) setInterval(renew, task.renewEveryMs);
supervisor.processes({ sessionId: 'ses_1', profileDir: task.profileDir, pids: [root, browser] });
process.send?.({ family, supervisor: supervisor.pid });

void supervisor.failed.then(() => process.exit(3));
process.on('message', (message) => {
  if (message === 'say supervisor') process.send?.({ family, supervisor: supervisor.pid });
  if (typeof message !== 'number') return;
  const end = performance.now() + message;
  // What a runaway regular expression does to a runner.
  while (performance.now() < end);
  process.send?.('unblocked');
});

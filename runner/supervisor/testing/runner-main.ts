import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createLog } from '../../log.ts';
import { machineMs, SupervisorTiming } from '../protocol.ts';
import { startSupervisor } from '../supervisor.ts';

/** A runner reduced to its supervisor and one session, for tests that stop, block or kill a runner. */
const Task = z.object({
  /** The supervisor's program. */
  program: z.string(),
  profileDir: z.string(),
  dataDir: z.string(),
  timing: SupervisorTiming,
  /** The lease's length. */
  leaseMs: z.number(),
  renewEveryMs: z.number().nullable(),
  /** Where its death is to be reported. */
  deathUrl: z.url().optional(),
});
const task = Task.parse(JSON.parse(process.argv[2] ?? '{}'));

let laterMs = 0;
const supervisor = startSupervisor({
  program: task.program,
  log: createLog({ level: 'info' }),
  timing: task.timing,
  now: () => machineMs() + laterMs,
});
const renew = (): void =>
  supervisor.lease({
    sessionId: 'ses_1',
    epoch: 1,
    deadline: machineMs() + task.leaseMs,
    wallDeadline: Date.now() + task.leaseMs,
  });
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
if (task.deathUrl !== undefined)
  supervisor.lastWord(
    { url: task.deathUrl, headers: { signature: 'by the runner' }, body: '{}' },
    task.dataDir,
  );
process.send?.({ family, supervisor: supervisor.pid });

void supervisor.failed.then(() => process.exit(3));
process.on('message', (message) => {
  if (message === 'say supervisor') process.send?.({ family, supervisor: supervisor.pid });
  if (message === 'an hour later') laterMs += 3_600_000;
  if (message === 'close') void supervisor.close().then(() => process.exit(0));
  if (typeof message !== 'number') return;
  const end = performance.now() + message;
  // What a runaway regular expression does to a runner.
  while (performance.now() < end);
  process.send?.('unblocked');
});

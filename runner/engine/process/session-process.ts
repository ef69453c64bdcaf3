import { fork, type ChildProcess } from 'node:child_process';
import { leanNode } from '../../programs/lean-node.ts';
import { sessionEnvironment } from './env.ts';
import { forwardLines } from './output.ts';
import { FromSession } from './protocol.ts';

/** Files pass through in pieces; what counts is a burst of messages. */
const HEAP_MB = 256;

/** Starts a session's own process. `onEnd` is called when it has ended, or could not start. */
export function startSessionProcess(
  program: string,
  hooks: {
    onMessage: (message: FromSession) => void;
    onEnd: (detail: string) => void;
    log: (entry: Record<string, unknown>) => void;
  },
): ChildProcess {
  const { onMessage, onEnd, log } = hooks;
  const { flags, env } = leanNode(HEAP_MB);
  const child = fork(program, [], {
    serialization: 'advanced',
    execArgv: flags,
    env: { ...sessionEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The leader of a group, so that it can be killed with what it started.
    detached: true,
  });
  forwardLines(child.stdout, 'stdout', log);
  forwardLines(child.stderr, 'stderr', log);
  child.on('message', (raw) => {
    const parsed = FromSession.safeParse(raw);
    if (parsed.success) onMessage(parsed.data);
    else log({ event: 'engine.bad_message', issues: parsed.error.issues.map(({ path }) => path) });
  });
  child.on('error', (error) => {
    log({ event: 'engine.process_error', detail: error.message });
    if (child.pid === undefined) onEnd(`no process: ${error.message}`);
  });
  child.on('exit', (code, signal) => {
    onEnd(`its process ended (${signal ?? `code ${code}`})`);
  });
  return child;
}

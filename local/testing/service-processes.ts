import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const Ready = z.object({ ready: z.literal(true), url: z.string() });

export type ServiceProcess = { url: string; child: ChildProcess };

/** Local services as the launcher runs them, each a process of its own, for tests that kill them. */
export class ServiceProcesses {
  readonly #main: URL;
  readonly #children: ChildProcess[] = [];

  /** @param main the service's main.ts */
  constructor(main: URL) {
    this.#main = main;
  }

  /** Resolves once the service answers; rejects with what it wrote to stderr when it ends before. */
  async start(config: unknown): Promise<ServiceProcess> {
    const child = fork(this.#main, {
      env: { PATH: '/usr/bin:/bin', WAYPOST_SERVICE: JSON.stringify(config) },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#children.push(child);
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const ready = once(child, 'message').then(([message]) => Ready.parse(message).url);
    const exit = once(child, 'exit').then(() => Promise.reject(new Error(`exited early: ${log}`)));
    return { child, url: await Promise.race([ready, exit]) };
  }

  /** Ends what still runs; a service may not outlive its test. */
  async close(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await Promise.all(this.#children.splice(0).map((child) => end(child, signal)));
  }
}

/** Resolves once the process is gone, at once when it is already. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

/** Variables of the Worker under test, and what test files need beside them. Plain text, as bindings are. */
export type EdgeBindings = Record<string, string>;

/**
 * Global setup of the edge tests: starts the services once, in a process of their own, because the setup itself is
 * loaded under workerd's export conditions, where packages such as `ws` are their browser versions.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = fork(path.join(import.meta.dirname, 'edge-services-process.ts'), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(services, 'exit');
  const message: unknown = await Promise.race([
    once(services, 'message').then(([first]) => first),
    gone.then(([code]) => Promise.reject(new Error(`edge test services exited with ${code}`))),
  ]);
  // Our own process on the other end: see edge-services-process.ts.
  project.provide('edgeBindings', message as EdgeBindings);

  return async () => {
    services.disconnect();
    await gone;
  };
}

declare module 'vitest' {
  interface ProvidedContext {
    edgeBindings: EdgeBindings;
  }
}

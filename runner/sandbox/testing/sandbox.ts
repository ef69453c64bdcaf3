import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSandboxClient } from '../control-client.ts';
import type { SandboxClient } from '../control-client.ts';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';

const controlToken = 'token-of-the-test-sandbox';

export const tempDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'waypost-sandbox-'));

export type TestSandbox = {
  sandbox: Sandbox;
  phone: SandboxClient;
  dir: string;
  stop: () => Promise<void>;
};

/** A sandbox of the test's own, in this process. */
export async function testSandbox(): Promise<TestSandbox> {
  const dir = await tempDir();
  const sandbox = await startSandbox({ dataDir: join(dir, 'sandbox'), controlToken });
  return {
    sandbox,
    phone: createSandboxClient({ url: sandbox.controlUrl, token: controlToken }),
    dir,
    stop: async () => {
      await sandbox.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A sandbox in a process of its own, to be killed. */
export async function forkSandbox(
  dataDir: string,
): Promise<{ child: ChildProcess; phone: SandboxClient }> {
  const child = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [], {
    env: { WAYPOST_SERVICE: JSON.stringify({ dataDir, controlToken }) },
    execArgv: [],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${String(code)}`)));
    child.once('message', (message) => {
      const ready = typeof message === 'object' && 'url' in message ? String(message.url) : '';
      resolve(ready);
    });
  });
  return { child, phone: createSandboxClient({ url, token: controlToken }) };
}

/** Kills a process without giving it a chance, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Asks again until `probe` gives something else than undefined or false. Fails after `withinMs`. */
export async function eventually<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline)
      throw new Error(`not within ${String(withinMs)} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { processOf } from '../processes.ts';
import { type RunningSandbox, startSandbox } from './server.ts';

const IDLE_MS = 1_000;
const TOKEN = 'a-long-enough-token';
const SANDBOX = fileURLToPath(new URL('../../runner/sandbox/main.ts', import.meta.url));

let home = '';
let door: RunningSandbox;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'waypost-sandbox-'));
  door = await startSandbox({
    port: 0,
    tlsPort: 0,
    dataDir: home,
    controlToken: TOKEN,
    program: SANDBOX,
    environment: {},
    logFile: join(home, 'sandbox.log'),
    idleMs: IDLE_MS,
  });
});
afterEach(async () => {
  await door.close();
  await rm(home, { recursive: true });
});

const ask = (path: string, token = TOKEN) =>
  fetch(`${door.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
const pid = (): number => door.sandboxPid() ?? 0;
const tlsPort = async (): Promise<number> =>
  z.object({ tlsPort: z.number() }).parse(await (await ask('/v1/info')).json()).tlsPort;

/** Polls until the process is gone. */
async function asleep(): Promise<void> {
  while (door.sandboxPid() !== undefined) await sleep(20);
}

test('ends the sandbox when nothing is connected, and starts it for whoever asks', async () => {
  const [first, port] = [pid(), await tlsPort()];
  expect(processOf(first)).toBeDefined();
  await asleep();
  const answers = await Promise.all([ask('/v1/info'), ask('/v1/info', 'a wrong token'), tlsPort()]);
  expect(answers.map((one) => (typeof one === 'number' ? one : one.status))).toEqual([
    200,
    401,
    port,
  ]);
  expect(pid()).not.toBe(first);
  expect(processOf(first)).toBeUndefined();
});

test('keeps the sandbox while a page is connected', async () => {
  const first = pid();
  const page = connect(await tlsPort(), '127.0.0.1');
  await sleep(3 * IDLE_MS);
  expect(pid()).toBe(first);
  page.destroy();
  await asleep();
});

test('starts the sandbox again when it dies', async () => {
  const first = pid();
  process.kill(first, 'SIGKILL');
  while (pid() === first || !(await ask('/v1/info').catch(() => ({ ok: false }))).ok)
    await sleep(20);
  await asleep();
  expect((await ask('/v1/info')).status).toBe(200);
});

import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
const doors: RunningSandbox[] = [];
const said: string[] = [];
async function open(name: string, program = SANDBOX): Promise<RunningSandbox> {
  const dataDir = join(home, name);
  await mkdir(dataDir);
  const opened = await startSandbox(
    {
      port: 0,
      tlsPort: 0,
      dataDir,
      controlToken: TOKEN,
      program,
      environment: { WAYPOST_TEST_HOME: home },
      logFile: join(dataDir, 'sandbox.log'),
      idleMs: IDLE_MS,
    },
    (text) => said.push(text),
  );
  doors.push(opened);
  return opened;
}
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'waypost-sandbox-'));
  said.length = 0;
  door = await open('first');
});
afterEach(async () => {
  await Promise.all(doors.splice(0).map((one) => one.close()));
  await rm(home, { recursive: true });
});

const ask = (path: string, token = TOKEN) =>
  fetch(`${door.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
const pid = (): number => door.sandboxPid() ?? 0;
const tlsPort = async (): Promise<number> =>
  z.object({ tlsPort: z.number() }).parse(await (await ask('/v1/info')).json()).tlsPort;

/** Polls until the process is gone. */
async function asleep(one = door): Promise<void> {
  while (one.sandboxPid() !== undefined) await sleep(20);
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
  await once(page, 'connect');
  // One that was started later and that nobody uses is ended: the first would have been ended before.
  await asleep(await open('second'));
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

/** Stands for a sandbox; it starts unless a file forbids it. */
const FRAGILE = `
  import { existsSync } from 'node:fs';
  import { createServer } from 'node:http';
  if (existsSync(process.env.WAYPOST_TEST_HOME + '/broken')) throw new Error('no page today');
  const server = createServer((request, response) => response.end('here'));
  server.listen(0, '127.0.0.1', () => {
    process.send({ ready: true, url: 'http://127.0.0.1:' + server.address().port });
    setInterval(() => process.send({ idle: true }), ${IDLE_MS});
  });
  process.on('SIGTERM', () => process.exit());
`;

test('says why it cannot start, to who asks and, once, to the person at the terminal', async () => {
  const program = join(home, 'fragile.mjs');
  await writeFile(program, FRAGILE);
  const fragile = await open('fragile', program);
  await asleep(fragile);
  const broken = join(home, 'broken');
  await writeFile(broken, '');
  for (let n = 0; n < 2; n += 1) {
    const answer = await fetch(fragile.url);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ error: expect.stringContaining('no page today') });
  }
  expect(said).toEqual([expect.stringMatching(/cannot start.*sandbox\.log[^]*no page today/)]);
  await rm(broken);
  expect(await (await fetch(fragile.url)).text()).toBe('here');
});

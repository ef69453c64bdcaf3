import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testChromium } from '../engine/wwebjs/testing/env.ts';
import { createSandboxClient, type SandboxClient } from '../sandbox/control-client.ts';
import { startSandbox } from '../sandbox/server.ts';
import { Stage } from '../testing/harness.ts';
import { until } from '../testing/until.ts';

const TOKEN = 'a-token-for-tests-only';
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

let stage: Stage;
let phone: SandboxClient;
let closeSandbox: () => Promise<void>;
let base: Record<string, string>;

beforeEach(async () => {
  stage = new Stage();
  await stage.edge.start();
  const sandbox = await startSandbox({ dataDir: `${stage.dataDir}/sandbox`, controlToken: TOKEN });
  phone = createSandboxClient({ url: sandbox.controlUrl, token: TOKEN });
  closeSandbox = sandbox.close;
  base = {
    SANDBOX_URL: sandbox.controlUrl,
    SANDBOX_TOKEN: TOKEN,
    PUPPETEER_EXECUTABLE_PATH: testChromium() ?? '',
  };
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(stage.logged.join(''));
  await stage.kill('SIGTERM');
  await closeSandbox();
  await stage.end();
});

const dirOf = (runnerId: string): string => join(stage.dataDir, runnerId);

/** The real runner with real browsers, as a process on a disk of its own. */
function spawn(runnerId: string, more: Record<string, string> = {}) {
  stage.extraEnv = { ...base, RUNNER_ID: runnerId, WWEBJS_DATA_DIR: dirOf(runnerId), ...more };
  return stage.spawn(MAIN);
}

async function link(session: string): Promise<string> {
  const { edge } = stage;
  await until('there is a code', () => edge.session(session).statuses.at(-1) === 'qr', 30_000);
  const scan = await edge.command(session, 'sandbox.scan', {});
  expect(scan).toMatchObject({ status: 200, response: { ok: true } });
  await edge.online(session);
  return edge.session(session).assignment.workspaceId;
}

/** Sends one message and sees it read, receives one; both prove that the link works. */
async function converse(session: string, text: string): Promise<void> {
  const { edge } = stage;
  const message = edge.queue(session, text);
  await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
  expect(await edge.settled(message)).toBe('sent');
  await edge.command(session, 'sandbox.messages', { from: '15550100001', text: `to ${text}` });
  await until('the answer came', () =>
    edge.told(session, 'message.received').some((fact) => fact.text === `to ${text}`),
  );
}

/** On another runner, without a code. */
async function comesBack(session: string): Promise<void> {
  const { statuses } = stage.edge.session(session);
  await until('it is online again', () => statuses.at(-1) === 'online', 40_000);
  expect(statuses).toEqual(['reconnecting', 'online']);
}

it('a runner killed with -9 and its disk wiped: another goes on without a code, and no ratchet went back', async () => {
  const { edge } = stage;
  const session = edge.addSession({ mode: 'sandbox', sandboxProfile: '2026-09' });
  const soon = { RUNNER_SNAPSHOT_AFTER_SECONDS: '0.5', RUNNER_SNAPSHOT_EVERY_SECONDS: '0.5' };
  await spawn('one', soon);
  const world = await link(session);
  await converse(session, 'first');
  // One copy may have been under way when the message left; the one after it has all.
  for (const text of ['one', 'two']) {
    const before = edge.credentials.kept(session).length;
    await edge.command(session, 'sandbox.messages', { from: '15550100001', text });
    await until('a copy', () => edge.credentials.kept(session).length > before, 30_000);
  }
  await stage.kill('SIGKILL');
  rmSync(dirOf('one'), { recursive: true, force: true });

  edge.session(session).statuses.length = 0;
  await spawn('two');
  await comesBack(session);
  await converse(session, 'second');
  expect((await phone.violations({ world })).violations).toEqual([]);
});

it('goes from runner to runner and back: never from an old profile', async () => {
  const { edge } = stage;
  const session = edge.addSession({ mode: 'sandbox', sandboxProfile: 'stock' });
  await spawn('one');
  const world = await link(session);
  await converse(session, 'first');
  for (const runnerId of ['two', 'one']) {
    await stage.kill('SIGTERM');
    edge.session(session).statuses.length = 0;
    await spawn(runnerId);
    await comesBack(session);
    await converse(session, `on ${runnerId}`);
  }
  expect((await phone.violations({ world })).violations).toEqual([]);
});

it('a killed runner loses only what was sent after the last copy: the simulated WhatsApp notices, and the link stays', async () => {
  const { edge } = stage;
  const session = edge.addSession({ mode: 'sandbox', sandboxProfile: '2026-09' });
  await spawn('one', {
    RUNNER_SNAPSHOT_AFTER_SECONDS: '0.5',
    RUNNER_SNAPSHOT_EVERY_SECONDS: '600',
  });
  const world = await link(session);
  await until('a copy', () => edge.credentials.kept(session).length > 0);
  const copies = edge.credentials.kept(session).length;
  edge.credentials.refusal = 'not_stored';
  await converse(session, 'after it');
  await stage.kill('SIGKILL');
  rmSync(dirOf('one'), { recursive: true, force: true });
  edge.credentials.refusal = null;
  expect(edge.credentials.kept(session)).toHaveLength(copies);

  edge.session(session).statuses.length = 0;
  await spawn('two');
  await comesBack(session);
  await converse(session, 'second');
  const kinds = (await phone.violations({ world })).violations.map(({ kind }) => kind);
  expect([...new Set(kinds)]).toEqual(['ratchet_rolled_back']);
});

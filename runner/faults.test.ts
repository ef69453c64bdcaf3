import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine, processesOfProfile } from './engine/process-tree.ts';
import { testChromium } from './engine/wwebjs/testing/env.ts';
import { descendants } from './engine/wwebjs/testing/processes.ts';
import { createSandboxClient, type SandboxClient } from './sandbox/control-client.ts';
import { startSandbox } from './sandbox/server.ts';
import { Stage } from './testing/harness.ts';
import { startRelay, type Relay } from './testing/relay.ts';
import { until } from './testing/until.ts';

/** The real runner, supervisor and browser, with seconds for what takes half a minute in production. */
const TOKEN = 'a-token-for-tests-only';
const LEASE_MS = 4_000;
const SCALE = {
  ownership: { heartbeatMs: 500, fenceMarginMs: 1_500 },
  supervision: { beatMs: 200, hungMs: 5_000, nextBootMs: 500 },
};
/** For tests in which the runner shall live through its own silence. */
const PATIENT = { ...SCALE, supervision: { beatMs: 200, hungMs: 600_000, nextBootMs: 500 } };

let stage: Stage;
let phone: SandboxClient;
let relay: Relay;
let closeSandbox: () => Promise<void>;
let session: string;

beforeEach(async () => {
  stage = new Stage();
  await stage.edge.start();
  stage.edge.leaseMs = LEASE_MS;
  relay = await startRelay(stage.edge.url);
  const sandbox = await startSandbox({ dataDir: `${stage.dataDir}/sandbox`, controlToken: TOKEN });
  phone = createSandboxClient({ url: sandbox.controlUrl, token: TOKEN });
  closeSandbox = sandbox.close;
  stage.extraEnv = {
    EDGE_URL: relay.url,
    SANDBOX_URL: sandbox.controlUrl,
    SANDBOX_TOKEN: TOKEN,
    PUPPETEER_EXECUTABLE_PATH: testChromium() ?? '',
  };
  session = stage.edge.addSession({ mode: 'sandbox', sandboxProfile: 'stock' });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') process.stderr.write(stage.logged.join(''));
  await stage.kill();
  await until('its browser is gone', () => browsers().length === 0);
  await relay.close();
  await closeSandbox();
  await stage.end();
});

const spawn = (scale: typeof SCALE): Promise<ChildProcess> =>
  stage.spawn(
    fileURLToPath(new URL('./testing/scaled-main.ts', import.meta.url)),
    JSON.stringify(scale),
  );

const browsers = (): number[] =>
  processesOfProfile(join(stage.dataDir, 'data/sessions', session, 'profile'));
const browserDies = () => until('the browser is dead', () => browsers().length === 0);

async function online(scale: typeof SCALE): Promise<ChildProcess> {
  const runner = await spawn(scale);
  await until(
    'there is a code',
    () => stage.edge.session(session).statuses.at(-1) === 'qr',
    60_000,
  );
  await stage.edge.command(session, 'sandbox.scan', {});
  await stage.edge.online(session);
  expect(browsers().length).toBeGreaterThan(0);
  return runner;
}

const isOnline = (): boolean => stage.edge.session(session).statuses.at(-1) === 'online';

async function wireAndViolations(): Promise<{ bodies: (string | null)[]; violations: unknown[] }> {
  const world = stage.edge.session(session).assignment.workspaceId;
  const { records } = await phone.wire({ world });
  const { violations } = await phone.violations({ world });
  return { bodies: records.map(({ body }) => body), violations };
}

it('a runner stopped for longer than its lease: its browser is dead before another may start, and it writes nothing late', async () => {
  const runner = await online(PATIENT);
  const { edge } = stage;
  runner.kill('SIGSTOP');
  await browserDies();

  // The edge gives the session away; the doorbell and a claimable message wait for the runner that was.
  const stale = edge.session(session).assignment.epoch;
  const message = edge.queue(session, 'for the new owner only');
  const rung = edge.call(
    `/v1/sessions/${session}/doorbell`,
    { queueSeq: message.queueSeq },
    { epoch: stale },
  );
  const before = edge.heartbeats.length;
  edge.session(session).owner = 'runner-2/its-boot';
  edge.session(session).assignment.epoch += 1;
  edge.session(session).wanted = false;
  const statuses = edge.session(session).statuses.length;
  runner.kill('SIGCONT');
  await rung;
  await until('it has heard', () =>
    edge.heartbeats.slice(before).some(({ sessions }) => sessions.length === 0),
  );
  expect(edge.claims).toEqual([]);
  expect(edge.session(session).statuses).toHaveLength(statuses);
  expect(browsers()).toEqual([]);
  expect(await wireAndViolations()).toEqual({ bodies: [], violations: [] });
});

it('what came in while a runner stood still is told by its next boot, whoever has the session by then', async () => {
  const runner = await online(PATIENT);
  const { edge } = stage;
  const { workspaceId: world, epoch } = edge.session(session).assignment;
  const ready = edge.told(session, 'session.status').find(({ status }) => status === 'online');
  const account = ready?.phoneNumber ?? '';
  const exited = once(runner, 'exit');
  runner.kill('SIGSTOP');
  for (const body of ['first', 'second'])
    await phone.message({ world, account, from: '15550100001', body });
  const unreported = join(stage.dataDir, 'data/sessions', session, 'unreported.jsonl');
  await until('both are on the disk', () => {
    const text = existsSync(unreported) ? readFileSync(unreported, 'utf8') : '';
    return text.includes('first') && text.includes('second');
  });
  await browserDies();
  edge.session(session).owner = 'runner-2/its-boot';
  edge.session(session).assignment.epoch += 1;
  edge.session(session).wanted = false;
  runner.kill('SIGKILL');
  await exited;
  expect(edge.told(session, 'message.received')).toEqual([]);

  await spawn(SCALE);
  await until('both are told', () => edge.told(session, 'message.received').length === 2);
  expect(edge.told(session, 'message.received').map(({ text }) => text)).toEqual([
    'first',
    'second',
  ]);
  const late = edge.reports.filter(({ report }) => report.kind === 'message.received');
  expect(late.map((report) => report.epoch)).toEqual([epoch, epoch]);
  expect(existsSync(unreported)).toBe(false);
});

it('a runner whose event loop is blocked: its browser dies, then the runner, and it comes back empty', async () => {
  const runner = await online(SCALE);
  const { edge } = stage;
  const exited = once(runner, 'exit');
  runner.send(60_000);
  await browserDies();
  const message = edge.queue(session, 'while it hangs');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(message.status).toBe('queued');

  const { epoch } = edge.session(session).assignment;
  await spawn(SCALE);
  expect(await edge.settled(message)).toBe('sent');
  expect(edge.session(session).assignment.epoch).toBe(epoch + 1);
  expect(await wireAndViolations()).toEqual({ bodies: ['while it hangs'], violations: [] });
});

it('a runner cut off from the edge: ends its browser by the deadline, and goes on when the edge is back', async () => {
  await online(SCALE);
  const { edge } = stage;
  const { epoch } = edge.session(session).assignment;
  relay.cut();
  const message = edge.queue(session, 'after the partition');
  await browserDies();
  const told = edge.session(session).statuses.length;
  relay.mend();
  await until(
    'it is online again',
    () => edge.session(session).statuses.length > told && isOnline(),
    60_000,
  );
  expect(edge.session(session).assignment.epoch).toBe(epoch);
  expect(await edge.settled(message)).toBe('sent');
  expect(await wireAndViolations()).toEqual({ bodies: ['after the partition'], violations: [] });
});

it('a runner killed with -9 whose browser is frozen takes it along all the same', async () => {
  const runner = await online(SCALE);
  for (const pid of browsers()) process.kill(pid, 'SIGSTOP');
  const exited = once(runner, 'exit');
  runner.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  await browserDies();
});

it('a runner whose supervisor dies goes on with another; when that dies too, it closes its browser and ends', async () => {
  const runner = await online(SCALE);
  const supervisor = (): number | undefined =>
    descendants(runner.pid ?? 0).find((pid) => commandLine(pid)?.includes('supervisor.cjs'));
  const first = supervisor() ?? 0;
  process.kill(first, 'SIGKILL');
  const second = await until('another supervisor', () => {
    const pid = supervisor();
    return pid !== first && pid;
  });
  expect(browsers().length).toBeGreaterThan(0);
  expect(isOnline()).toBe(true);

  const exited = once(runner, 'exit');
  process.kill(second, 'SIGKILL');
  expect(await exited).toEqual([1, null]);
  expect(browsers()).toEqual([]);
});

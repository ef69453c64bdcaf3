import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EngineFactory } from '../port.ts';
import { until } from '../wait.ts';
import { createWwebjsEngine } from './engine.ts';
import { testChromium } from './testing/env.ts';
import { SandboxLink, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import type { EngineTimes } from './times.ts';

const FAST: Partial<EngineTimes> = { watchMs: 100 };

let sandbox: TestSandbox;
let link: SandboxLink;
let times: Partial<EngineTimes>;
const logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  times = FAST;
  link = newLink();
  await link.link();
  await link.engine.stop();
}, 60_000);
afterAll(async () => {
  await link.end();
  await sandbox.close();
});
beforeEach(() => {
  times = FAST;
  logged.length = 0;
});

function newLink(): SandboxLink {
  const factory: EngineFactory = (options, emit) =>
    createWwebjsEngine(options, emit, {
      chromiumPath: testChromium(),
      sandboxArgs: sandbox.chromiumArgs('stock'),
      log: (entry) => logged.push(entry),
      times,
    });
  return new SandboxLink(sandbox, 'stock', factory);
}

const count = (type: string) => link.events.filter((event) => event.type === type).length;

it('gets ready although the sync came before anybody listened', async () => {
  await sandbox.phone.faults({ ...link.at, hasSynced: 'early' });
  await link.reopen();
  expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
  await link.engine.stop();
});

it('reloads once when it never gets ready, then gives up', async () => {
  await sandbox.phone.faults({ ...link.at, hasSynced: 'never' });
  times = { ...FAST, readyMs: 500 };
  link.renew();
  await link.engine.start();
  expect(await link.event('closed')).toMatchObject({ detail: 'connected, but never ready' });
  expect(logged.filter(({ event }) => event === 'engine.reloading')).toHaveLength(1);
  // Told anew, since the session waits for `ready` from there on.
  expect(count('authenticated')).toBe(2);
  await sandbox.phone.faults({ ...link.at, hasSynced: 'normal' });
});

it('gives up when it is linked and never gets connected', async () => {
  times = { ...FAST, connectMs: 1_000 };
  const lost = newLink();
  await sandbox.phone.faults({ connects: 'never' });
  try {
    await lost.engine.start();
    const { qr } = await lost.event('qr');
    await lost.scan(qr);
    await lost.event('authenticated');
    expect(await lost.event('closed')).toMatchObject({ detail: 'linked, but never connected' });
    expect(lost.events.map(({ type }) => type)).not.toContain('ready');
  } finally {
    await sandbox.phone.faults({ connects: 'normal' });
  }
  await lost.reopen();
  await lost.end();
});

it('waits for the phone as long as it takes', async () => {
  times = { ...FAST, connectMs: 500 };
  const shown = newLink();
  await sandbox.phone.faults({ qrTtlMs: 700 });
  try {
    await shown.engine.start();
    // Several lives of a code, each longer than the patience with a page that is linked.
    const codes = () => shown.events.filter(({ type }) => type === 'qr').length;
    expect(await until(() => codes() >= 4, 10_000)).toBe(true);
  } finally {
    await sandbox.phone.faults({ qrTtlMs: 20_000 });
  }
  expect(shown.events.map(({ type }) => type)).not.toContain('closed');
  await shown.end();
});

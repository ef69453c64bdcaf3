import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EngineFactory, EngineSend } from '../port.ts';
import { until } from '../wait.ts';
import { createWwebjsEngine } from './engine.ts';
import { OUTBOUND_TIMES } from './times.ts';
import { killTree, processesOfProfile } from '../process-tree.ts';
import { testChromium } from './testing/env.ts';
import { hideAnswers } from './testing/hide-answers.ts';
import { renderersOf } from './testing/processes.ts';
import {
  newWireId,
  SandboxLink,
  startTestSandbox,
  type TestSandbox,
} from './testing/sandbox-link.ts';
import type { EngineTimes } from './times.ts';

const FAST: Partial<EngineTimes> = {
  watchMs: 100,
  dialogEveryMs: 100,
  outbound: { ...OUTBOUND_TIMES, textMs: 3_000 },
};

let sandbox: TestSandbox;
/** Linked by the first test and used by the rest, since most of the time goes into starting browsers. */
let link: SandboxLink;
let times: Partial<EngineTimes>;
let browserPid: number | null = null;
const logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  times = FAST;
  link = new SandboxLink(sandbox, 'stock', factory('stock'));
});

afterAll(async () => {
  await link.end();
  await sandbox.close();
});

beforeEach(() => {
  times = FAST;
  logged.length = 0;
});

function factory(profile: 'stock' | '2026-09'): EngineFactory {
  return (options, emit) =>
    createWwebjsEngine(options, emit, {
      chromiumPath: testChromium(),
      sandboxArgs: sandbox.chromiumArgs(profile),
      log: (entry) => logged.push(entry),
      onBrowser: (pid) => {
        browserPid = pid;
      },
      times,
    });
}

/** The linked session with its engine running; a new engine where the last one has closed. */
async function online(): Promise<void> {
  if (link.events.at(-1)?.type === 'closed') await link.reopen();
  link.events.length = 0;
}

function pid(): number {
  if (browserPid === null) throw new Error('no browser was started');
  return browserPid;
}

function message(more: Partial<EngineSend> = {}): EngineSend {
  return {
    wireId: newWireId(),
    chatId: '15550100001@c.us',
    content: { type: 'text', text: 'hello', linkPreview: false },
    ...more,
  };
}

const count = (type: string) => link.events.filter((event) => event.type === type).length;
const processes = () => processesOfProfile(link.profileDir);

it('refuses to start a sandbox session without a sandbox', async () => {
  const lost = new SandboxLink(sandbox, 'stock', (options, emit) =>
    createWwebjsEngine(options, emit, {
      chromiumPath: testChromium(),
      sandboxArgs: [],
      log: () => undefined,
    }),
  );
  await expect(lost.engine.start()).rejects.toThrow('no sandbox');
  await lost.end();
});

it('shows new codes, also after the page went idle, and is linked by the last', async () => {
  const codes = () => link.events.flatMap((event) => (event.type === 'qr' ? [event.qr] : []));
  await sandbox.phone.faults({ qrTtlMs: 300, qrMaxRefs: 2 });
  try {
    await link.engine.start();
    expect(await until(() => codes().length >= 4, 10_000)).toBe(true);
  } finally {
    await sandbox.phone.faults({ qrTtlMs: 20_000, qrMaxRefs: 0 });
  }
  expect(new Set(codes()).size).toBe(codes().length);
  // A code that was shown before may expire before it is scanned; the next one stays.
  const scanned = () =>
    link.scan(codes().at(-1) ?? '').then(
      () => true,
      () => false,
    );
  expect(await until(scanned, 10_000)).toBe(true);
  await link.event('ready');
});

it('says ready once, whatever frames and syncs come', async () => {
  await link.onPage(`(async () => {
    const load = (name) => {
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      frame.src = '/nothing-' + name;
      document.body.append(frame);
      return loaded;
    };
    for (const name of [1, 2, 3]) await load(name);
    await Promise.all([4, 5, 6, 7, 8].map(load));
    const { Socket } = window.require('WAWebSocketModel');
    Socket.set('hasSynced', false);
    Socket.set('hasSynced', true);
  })()`);
  const sent = await sandbox.phone.message({ ...link.at, from: '15550100002', body: 'hi' });
  await link.fact('message.received', ({ wireId }) => wireId === sent.wireId);
  expect([count('ready'), count('authenticated'), count('fact')]).toEqual([1, 1, 1]);
});

it('leaves a dialog with a choice to a person', async () => {
  await online();
  await link.onPage(`document.body.insertAdjacentHTML('beforeend',
    '<div role="dialog"><button onclick="window.__pressed = true">Log out</button><button>Cancel</button></div>')`);
  expect(await link.event('action_required')).toEqual({
    type: 'action_required',
    action: 'dismiss_dialog',
  });
  expect(await link.onPage('window.__pressed === undefined')).toBe(true);
});

it('closes when the page crashes, and leaves nothing of the browser', async () => {
  await online();
  await hideAnswers(link);
  await sandbox.phone.faults({ ...link.at, sendLatencyMs: 60_000 });
  const sent = message();
  const sending = link.engine.send(sent);
  const begun = `window.__waypost.sends.get('${sent.wireId}') === 'begun'`;
  await until(async () => (await link.onPage(begun)) === true, 20_000);
  for (const renderer of renderersOf(pid())) process.kill(renderer, 'SIGKILL');
  expect(await link.event('closed')).toMatchObject({ reason: 'crashed' });
  // Handed over, and nobody left to ask: what is under way must end all the same.
  expect(await sending).toMatchObject({ outcome: 'unknown' });
  await sandbox.phone.faults({ ...link.at, sendLatencyMs: 0 });
  expect(processes()).toEqual([]);
  expect(await link.send(message())).toMatchObject({ code: 'UNAVAILABLE' });
  await expect(
    link.engine.ask('lookUp', { wireId: newWireId(), chatId: '1@c.us' }),
  ).rejects.toThrow('not open');
});

it('closes when the browser ends', async () => {
  await online();
  killTree(pid());
  expect(await link.event('closed')).toMatchObject({ reason: 'crashed' });
});

it('kills a frozen browser when it is stopped', async () => {
  times = { ...FAST, closeMs: 500 };
  await online();
  process.kill(pid(), 'SIGSTOP');
  await expect(link.engine.ping(200)).rejects.toThrow('ping took over 200 ms');
  await link.engine.stop();
  expect(processes()).toEqual([]);
  expect(link.events.at(-1)).toMatchObject({ type: 'closed', reason: 'stopped' });
});

it.each([
  ['at once', async () => undefined],
  ['before it has a page', () => until(() => processes().length > 0, 10_000, 1)],
  ['with its page', () => until(() => browserPid !== null, 10_000, 1)],
])('leaves nothing behind when it is stopped while it starts: %s', async (_when, comes) => {
  link.renew();
  browserPid = null;
  const starting = link.engine.start();
  starting.catch(() => undefined);
  await comes();
  await link.engine.stop();
  await expect(starting).rejects.toThrow();
  expect(processes()).toEqual([]);
  expect(count('closed')).toBe(1);
});

it('takes the profile from a browser that outlived its runner', async () => {
  const orphan = spawn(
    testChromium() ?? '',
    ['--headless', '--no-sandbox', `--user-data-dir=${link.profileDir}`, 'about:blank'],
    { detached: true, stdio: 'ignore' },
  );
  const exited = once(orphan, 'exit');
  await until(() => readdirSync(link.profileDir).includes('SingletonLock'), 10_000);
  await online();
  expect(await exited).toEqual([null, 'SIGKILL']);
  await link.engine.stop();
});

it('fails to start within its deadline when WhatsApp stays away', async () => {
  times = { ...FAST, startMs: 2_000 };
  await sandbox.phone.network({ ...link.at, online: false });
  link.renew();
  await expect(link.engine.start()).rejects.toThrow('took over 2000 ms');
  await sandbox.phone.network({ ...link.at, online: true });
  expect(link.events.at(-1)).toMatchObject({ type: 'closed', reason: 'start_failed' });
  expect(processes()).toEqual([]);
});

it('comes up although the page is reloaded while the library is put into it', async () => {
  link.renew();
  const starting = link.engine.start();
  const reloaded = () =>
    sandbox.phone.pageReload(link.at).then(
      ({ pages }) => pages > 0,
      () => false,
    );
  expect(await until(reloaded, 10_000, 1)).toBe(true);
  await starting;
  await link.event('ready');
  expect(count('ready')).toBe(1);
  expect(await link.send(message())).toMatchObject({ outcome: 'sent' });
  await link.engine.stop();
});

it('closes on a conflict', async () => {
  await online();
  await sandbox.phone.conflict(link.at);
  expect(await link.event('closed')).toMatchObject({ reason: 'conflict' });
});

it('closes when the link is gone', async () => {
  await online();
  await sandbox.phone.unlink({ ...link.at, mode: 'state' });
  expect(await link.event('closed')).toMatchObject({ reason: 'unpaired' });
});

it("answers the what's-new dialog, in any language, and reports a logout by the phone", async () => {
  await link.end();
  link = new SandboxLink(sandbox, '2026-09', factory('2026-09'));
  await sandbox.phone.faults({ modalLanguage: 'pt-BR' });
  await link.link();
  const answered = () => logged.some(({ event }) => event === 'engine.dialog_acknowledged');
  expect(await until(answered, 10_000)).toBe(true);
  expect(await link.onPage(`document.querySelectorAll('[role="dialog"]').length`)).toBe(0);

  await sandbox.phone.unlink(link.at);
  await link.event('closed');
  expect(link.events.slice(-2)).toMatchObject([
    { type: 'logged_out', reason: 'the phone unlinked this device' },
    { type: 'closed', reason: 'stopped' },
  ]);
  expect(existsSync(link.profileDir)).toBe(false);
  expect(readdirSync(link.dir)).toContainEqual(expect.stringMatching(/^profile\.quarantine-\d+$/));
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { testPrograms, type TestPrograms } from '../../../programs/testing/programs.ts';
import { processEngineFactory } from '../../process/process-engine.ts';
import { wwebjsHost } from '../host.ts';
import { copyRounds, testChromium } from '../testing/env.ts';
import {
  newWireId,
  SandboxLink,
  startTestSandbox,
  type TestSandbox,
} from '../testing/sandbox-link.ts';
import { FakeEdge } from '../../../testing/fake-edge.ts';
import { until } from '../../../testing/until.ts';
import { copyKept } from './copy.ts';
import { listKept } from './kept-files.ts';
import { SNAPSHOT_TIMING } from '../../../credentials/schedule.ts';
import { inProfile } from './testing/read-profile.ts';

let sandbox: TestSandbox;
let program: TestPrograms;
let link: SandboxLink;
let copies: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  program = await testPrograms();
});
afterAll(async () => {
  await sandbox.close();
  await program.remove();
});
beforeEach(async () => {
  copies = mkdtempSync(join(tmpdir(), 'waypost-copies-'));
  const factory = processEngineFactory({
    program: program.session,
    hosts: {
      wwebjs: wwebjsHost({
        chromiumPath: testChromium(),
        sandboxChromiumArgs: (profile) => sandbox.chromiumArgs(profile),
      }),
    },
    log: () => undefined,
  });
  link = new SandboxLink(sandbox, '2026-09', factory);
  await link.link();
});
afterEach(async () => {
  await link.end();
  rmSync(copies, { recursive: true, force: true });
});

/** Writes numbered records as fast as the database takes them, half of them not waiting for the disk. */
const WRITE_LOAD = `new Promise((resolve, reject) => {
  const request = indexedDB.open('load', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('records');
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const database = request.result;
    const filler = crypto.getRandomValues(new Uint8Array(4096));
    window.acknowledged = 0;
    const write = (n) => {
      const durability = n % 2 === 0 ? 'strict' : 'relaxed';
      const transaction = database.transaction('records', 'readwrite', { durability });
      transaction.objectStore('records').put(filler, n);
      transaction.oncomplete = () => { window.acknowledged = n; write(n + 1); };
    };
    write(1);
    resolve(true);
  };
})`;

/** Runs in the opened copy: how many records it has without a gap, and where the ratchet stands. */
const READ_COPY = `(async () => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const load = await ask(indexedDB.open('load'));
  const keys = await ask(load.transaction('records').objectStore('records').getAllKeys());
  const page = await ask(indexedDB.open('wawc'));
  const ratchet = await ask(page.transaction('kv').objectStore('kv').get('counter'));
  const gap = keys.findIndex((key, index) => key !== index + 1);
  return { records: gap === -1 ? keys.length : gap, ratchet };
})()`;
const Copied = z.object({ records: z.number(), ratchet: z.number() });

it('each copy under load opens and has every write that was acknowledged before it', async () => {
  await link.onPage(WRITE_LOAD);
  const load = { sent: 0, over: false };
  const sending = (async () => {
    while (!load.over) {
      const text = `number ${load.sent}`;
      const content = { type: 'text' as const, text, linkPreview: true };
      const message = { wireId: newWireId(), chatId: '15550100001@c.us', content };
      const { outcome } = await link.send(message);
      // An engine that is gone would make this loop for ever.
      if (outcome !== 'sent') throw new Error(`the send ended as ${outcome}`);
      load.sent += 1;
    }
  })();
  const taken: { directory: string; acknowledged: number; sent: number }[] = [];
  for (let round = 0; round < copyRounds(); round += 1) {
    const goal = load.sent + 20;
    await until('more was sent', () => load.sent >= goal);
    const directory = join(copies, String(round));
    const acknowledged = Number(await link.onPage('window.acknowledged'));
    const { sent } = load;
    await link.engine.paused(SNAPSHOT_TIMING.pauseMs, (signal) =>
      copyKept(link.profileDir, directory, signal),
    );
    taken.push({ directory, acknowledged, sent });
  }
  load.over = true;
  await sending;
  for (const { directory, acknowledged, sent } of taken) {
    const chromiumPath = testChromium();
    const read = await inProfile({ profileDir: directory, chromiumPath }, READ_COPY);
    const found = Copied.parse(read);
    expect(found.records).toBeGreaterThanOrEqual(acknowledged);
    expect(found.ratchet).toBeGreaterThanOrEqual(sent);
    expect(acknowledged).toBeGreaterThan(0);
  }
  expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
  expect((await sandbox.phone.violations({ world: link.world })).violations).toEqual([]);
});

it('nothing writes to the profile while it stands still', async () => {
  await link.onPage(WRITE_LOAD);
  const first = await listKept(link.profileDir);
  await until('it is written to', async () => {
    const now = await listKept(link.profileDir);
    return JSON.stringify(now) !== JSON.stringify(first);
  });
  await link.engine.paused(2_000, async () => {
    const before = await listKept(link.profileDir);
    // Without a pause the load above changes them within a few milliseconds.
    const end = performance.now() + 300;
    while (performance.now() < end) expect(await listKept(link.profileDir)).toEqual(before);
  });
});

it('a copy that takes too long is discarded, and the browser goes on', async () => {
  const work = link.engine.paused(
    50,
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  );
  await expect(work).rejects.toMatchObject({ name: 'PauseError' });
  expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
});

const PAD = `new Promise((resolve, reject) => {
  const request = indexedDB.open('padding', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('records');
  request.onerror = () => reject(request.error);
  request.onsuccess = async () => {
    const random = (size) => {
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
      return bytes;
    };
    for (let part = 0; part < 25; part += 1) {
      const transaction = request.result.transaction('records', 'readwrite');
      const store = transaction.objectStore('records');
      store.put(random(1048576), part + '/large');
      for (let small = 0; small < 32; small += 1) store.put(random(32768), part + '/' + small);
      await new Promise((done) => { transaction.oncomplete = done; });
    }
    resolve(true);
  };
})`;

const MEBIBYTE = 1_048_576;
const Measured = z.object({ sizeBytes: z.number(), copied: z.number(), restored: z.number() });

it('a profile of 50 MB goes out and in with less than 16 MB of it in memory at once', async () => {
  await link.onPage(PAD);
  const small = join(copies, 'small');
  mkdirSync(small);
  const large = join(copies, 'large');
  // Much longer than a session's pause, which a busy disk can miss: memory is what is measured here.
  const files = await link.engine.paused(10_000, (signal) =>
    copyKept(link.profileDir, large, signal),
  );
  const contentBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(contentBytes).toBeGreaterThan(50 * MEBIBYTE);

  const edge = new FakeEdge();
  await edge.start();
  const sessionId = edge.addSession({ epoch: 1 });
  const session = edge.session(sessionId);
  session.owner = 'runner/boot';
  const { workspaceId } = session.assignment;
  const main = fileURLToPath(
    new URL('../../../credentials/testing/measure-main.ts', import.meta.url),
  );
  const child = fork(main, [], {
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const holder = { sessionId, workspaceId, epoch: 1, runnerId: 'runner', bootId: 'boot' };
  child.send({ ...holder, edgeUrl: edge.url, small, large, files, workDir: copies });
  const [answer] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it exited with ${code}`))),
  ]);
  await edge.stop();
  const measured = Measured.parse(answer);

  expect(measured.sizeBytes).toBeGreaterThan(45 * MEBIBYTE);
  expect(measured.copied).toBeLessThan(16 * MEBIBYTE);
  expect(measured.restored).toBeLessThan(16 * MEBIBYTE);
  const restored = await listKept(join(copies, 'restored'));
  const plain = ({ path, sizeBytes }: { path: string; sizeBytes: number }) => ({ path, sizeBytes });
  expect(restored.map(plain)).toEqual(files.map(plain));
});

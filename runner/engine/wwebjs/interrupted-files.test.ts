import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const BOB = '15550100002';

let sandbox: TestSandbox;
let link: SandboxLink;
let ahead = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  ahead = 0;
  link = engineLink(sandbox, '2026-09', {
    now: () => Date.now() + ahead,
    times: { watchMs: 100, onlineMarkMs: 50, flushMs: 100 },
  });
  await link.link();
});
afterEach(() => link.end());

const document = async (bytes = randomBytes(5_000)) => {
  const { wireId } = await sandbox.phone.message({
    ...link.at,
    from: BOB,
    type: 'document',
    mediaBase64: bytes.toString('base64'),
    mimetype: 'application/pdf',
    filename: 'slow.pdf',
  });
  return { wireId, bytes };
};
/** What was reported of files. */
const filesTold = () =>
  link.events.flatMap((event) =>
    event.type === 'fact' && event.fact.kind === 'message.media' ? [event.fact] : [],
  );
/** A file that this page does not get, up to `__cut`; its message reported. */
const stalled = async () => {
  await link.onPage(`{
    const { downloadManager } = window.require('WAWebDownloadManager');
    const own = downloadManager.downloadAndMaybeDecrypt;
    window.__fetching = 0;
    const cut = new Promise((_, reject) => { window.__cut = () => { reject(new Error('offline')); }; });
    downloadManager.downloadAndMaybeDecrypt = (wish) => {
      window.__fetching += 1;
      return window.__fetching > 1 ? own(wish) : cut;
    };
  } 1`);
  const sent = await document();
  await link.fact('message.received', (one) => one.wireId === sent.wireId);
  await expect.poll(() => link.onPage('window.__fetching')).toBe(1);
  return sent;
};
/** What came of it in the end. */
const outcome = async ({ wireId, bytes }: { wireId: string; bytes: Buffer }) => {
  const { fact, file } = await link.fact('message.media', (one) => one.wireId === wireId);
  const whole = file !== undefined && readFileSync(file.path).equals(bytes);
  return { error: fact.media.error, whole, told: filesTold().length };
};
const FETCHED = { error: null, whole: true, told: 1 };

describe('a file that is being fetched', () => {
  it('is fetched again when the page was reloaded meanwhile', async () => {
    const sent = await stalled();
    await sandbox.phone.pageReload(link.at);
    expect(await outcome(sent)).toEqual(FETCHED);
  });

  it('is fetched again when the line was lost meanwhile', async () => {
    const sent = await stalled();
    await link.onPage(
      `window.require('WAWebSocketModel').Socket.on('change:state', window.__cut), 1`,
    );
    await sandbox.phone.network({ ...link.at, online: false });
    await link.event('connection', ({ connected }) => !connected);
    await sandbox.phone.network({ ...link.at, online: true });
    expect(await outcome(sent)).toEqual(FETCHED);
  });

  it.each(['stopped', 'killed'] as const)(
    'is fetched by the next engine when this one is %s, however long ago its message came',
    async (how) => {
      const sent = await stalled();
      ahead = 600_000;
      const mark = () => Number(readFileSync(join(link.profileDir, 'waypost-last-online'), 'utf8'));
      await expect.poll(mark).toBeGreaterThan(Date.now() + 300_000);
      if (how === 'killed') link.engine.kill();
      await link.engine.stop();
      expect(filesTold()).toEqual([]);
      const files = join(link.dir, 'files');
      expect(existsSync(files) ? readdirSync(files) : []).toEqual([]);
      await link.reopen();
      expect(await outcome(sent)).toEqual(FETCHED);
      // The message itself is not reported again.
      const again = link.events.filter(
        (event) => event.type === 'fact' && event.fact.kind === 'message.received',
      );
      expect(again).toEqual([]);
    },
  );

  it('leaves nothing half on the disk, even of an engine that was killed', async () => {
    await link.engine.stop();
    const files = join(link.dir, 'files');
    mkdirSync(files, { recursive: true });
    for (const name of ['half.part', 'whole']) writeFileSync(join(files, name), 'pixels');
    await link.reopen();
    expect(readdirSync(files)).toEqual(['whole']);
  });

  it('holds up nothing that was missed', async () => {
    await link.engine.stop();
    await sandbox.phone.faults({ ...link.at, stallDownloads: true });
    await document();
    for (let index = 0; index < 60; index += 1)
      await sandbox.phone.message({ ...link.at, from: BOB, body: `missed ${index}` });
    await link.reopen();
    await link.fact('message.received', ({ text }) => text === 'missed 59');
    expect(filesTold()).toEqual([]);
  });
});

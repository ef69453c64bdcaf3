import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../wait.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import {
  newWireId,
  startTestSandbox,
  type Fact,
  type TestSandbox,
} from './testing/sandbox-link.ts';

const BOB = '15550100002';
const CAROL = '15550100003';

type Received = Extract<Fact['fact'], { kind: 'message.received' }>;

let sandbox: TestSandbox;
let link: SandboxLink;
const logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

beforeEach(async () => {
  logged.length = 0;
  // This page addresses chats by LID and keeps keys under another name, which every step must bear.
  link = engineLink(sandbox, '2026-09', {
    log: (entry) => logged.push(entry),
    times: { watchMs: 100, onlineMarkMs: 50 },
  });
  await link.link();
});
afterEach(async () => {
  await link.end();
  expect(await sandbox.phone.violations({ world: link.world })).toEqual({ violations: [] });
});

const received = (): Received[] =>
  link.events
    .flatMap((event) => (event.type === 'fact' ? [event.fact] : []))
    .filter((fact) => fact.kind === 'message.received');

const texts = (): (string | null)[] => received().map(({ text }) => text);

const send = (body: string, from = BOB) => sandbox.phone.message({ ...link.at, from, body });

async function sendMany(count: number, from = BOB): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, index) => `${from} ${index}`);
  for (const body of bodies) await send(body, from);
  return bodies;
}

/** The page takes what waits into its own database, and dies before anybody has heard of it. */
async function takenAndNeverTold(): Promise<void> {
  await sandbox.phone.faults({ ...link.at, hasSynced: 'never' });
  link.renew();
  await link.engine.start();
  const waiting = async () => (await sandbox.phone.account(link.at)).devices[0]?.waiting;
  expect(await until(async () => (await waiting()) === 0, 15_000)).toBe(true);
  link.engine.kill();
  await link.engine.stop();
  await sandbox.phone.faults({ ...link.at, hasSynced: 'normal' });
}

describe('what came while nobody listened', () => {
  it.each(['after a restart', 'on another runner'] as const)(
    'is told %s: all that the page has only on its disk, oldest first, files too, and none twice',
    async (where) => {
      await link.engine.stop();
      const bodies = await sendMany(45);
      const bytes = randomBytes(5_000);
      await sandbox.phone.message({
        ...link.at,
        from: BOB,
        type: 'document',
        mediaBase64: bytes.toString('base64'),
        mimetype: 'application/pdf',
        filename: 'missed.pdf',
      });
      await takenAndNeverTold();
      // The mark of when we were last online is of this machine, and no part of a copy.
      if (where === 'on another runner')
        rmSync(join(link.profileDir, 'waypost-last-online'), { force: true });
      await link.reopen();
      const { file } = await link.fact('message.media', () => true);
      expect(readFileSync(file?.path ?? '').equals(bytes)).toBe(true);
      expect(texts().slice(0, -1)).toEqual(bodies);
      expect(received().every(({ backfilled }) => backfilled)).toBe(true);
      expect(received().at(-1)?.chatId).toBe(`${BOB}@c.us`);

      const live = await send('live');
      const { fact } = await link.fact('message.received', ({ wireId }) => wireId === live.wireId);
      expect(fact.backfilled).toBe(false);
      expect(new Set(texts()).size).toBe(texts().length);
    },
  );

  it('is told once when it comes live as well', async () => {
    await link.engine.stop();
    await sandbox.phone.faults({ ...link.at, offlineDelivery: 'afterReady' });
    const bodies = await sendMany(30);
    await link.reopen();
    expect(await until(() => texts().length >= bodies.length, 10_000)).toBe(true);
    await sandbox.phone.pageReload(link.at);
    await link.event('connection', ({ connected }) => !connected);
    await link.event('connection', ({ connected }) => connected);
    await send('last');
    await link.fact('message.received', ({ text }) => text === 'last');
    expect(texts()).toEqual([...bodies, 'last']);
  });

  it('is told once after a drop of the line, and after a reload', async () => {
    await sandbox.phone.network({ ...link.at, online: false });
    await link.event('connection', ({ connected }) => !connected);
    const bodies = await sendMany(5);
    await sandbox.phone.network({ ...link.at, online: true });
    expect(await until(() => texts().length >= bodies.length, 10_000)).toBe(true);

    await sandbox.phone.pageReload(link.at);
    const more = await sendMany(5, CAROL);
    await link.event('connection', ({ connected }) => connected);
    expect(await until(() => texts().length >= 10, 10_000)).toBe(true);
    await send('last');
    await link.fact('message.received', ({ text }) => text === 'last');
    const told = texts();
    expect(told).toHaveLength(bodies.length + more.length + 1);
    expect(new Set(told)).toEqual(new Set([...bodies, ...more, 'last']));
  });

  it('goes back 200 messages in each chat and no further', async () => {
    await link.engine.stop();
    const bodies = await sendMany(230);
    const carols = await sendMany(3, CAROL);
    await takenAndNeverTold();
    await link.reopen();
    expect(await until(() => texts().length >= 203, 20_000)).toBe(true);
    expect(texts()).toEqual([...bodies.slice(30), ...carols]);
    const line = () => logged.find(({ event }) => event === 'engine.backfilled');
    await until(() => line() !== undefined, 10_000);
    expect(line()).toMatchObject({ messages: 203, more: true });
  }, 60_000);

  it('is not what the phone hands over when it links', async () => {
    expect(texts()).toEqual([]);
    await link.engine.logout();
    const { t, wireId } = await send('before the second link');
    await sandbox.phone.edit({ ...link.at, wireId, body: 'edited before it, too' });
    // WhatsApp counts in seconds.
    await until(() => Math.floor(Date.now() / 1000) > t, 2_000);
    link.renew();
    await link.link();
    await send('after it');
    await link.fact('message.received', ({ text }) => text === 'after it');
    expect(texts()).toEqual(['after it']);
    // A catch-up looks back a little: not behind the link.
    await sandbox.phone.pageReload(link.at);
    await link.event('connection', ({ connected }) => connected);
    await send('after a reload');
    await link.fact('message.received', ({ text }) => text === 'after a reload');
    expect(texts()).toEqual(['after it', 'after a reload']);
    const edits = link.events.filter(
      (event) => event.type === 'fact' && event.fact.kind === 'message.edited',
    );
    expect(edits).toEqual([]);
  });

  it('includes the progress of our own messages', async () => {
    await sandbox.phone.faults({ ...link.at, ackDelaysMs: [20, -1, -1] });
    const wireId = newWireId();
    const content = { type: 'text', text: 'read while away', linkPreview: false } as const;
    await link.send({ wireId, chatId: `${BOB}@c.us`, content });
    await link.engine.stop();
    await sandbox.phone.ack({ ...link.at, wireId, ack: 3 });
    await link.reopen();
    const { fact } = await link.fact('message.ack', (ack) => ack.wireId === wireId);
    expect(fact).toMatchObject({ ack: 3, chatId: `${BOB}@c.us` });
  });
});

describe('statuses and channels', () => {
  /** A message as the page shows one; `what` happens to it afterwards. */
  const post = (remote: string, wireId: string) => `(() => {
    const { Msg } = window.require('WAWebCollections');
    const MsgKey = window.require('WAWebMsgKey');
    const { createWid } = window.require('WAWebWidFactory');
    const author = createWid('15550100003@c.us');
    const remote = createWid('${remote}');
    const id = new MsgKey({ fromMe: false, remote, id: '${wireId}', participant: author });
    const message = Msg.add({ id, type: 'chat', body: '${wireId}', from: remote, to: remote, author,
      t: Math.floor(Date.now() / 1000), isNewMsg: true });
    message.set('ack', 2);
    message.set({ body: 'edited', latestEditMsgKey: id, latestEditSenderTimestampMs: Date.now() });
    message.set({ type: 'revoked', protocolMessageKey: id });
  })()`;

  it('are not reported unless they are wanted, and cause no call to the page', async () => {
    await send('a first one, so that its sender is known');
    await link.fact('message.received');
    // Only our look-up of people asks for this module's getPhoneNumber and getCurrentLid together with a contact.
    await link.onPage(`{
      const contacts = window.require('WAWebApiContact');
      window.__asked = 0;
      for (const name of ['getPhoneNumber', 'getCurrentLid']) {
        const original = contacts[name];
        contacts[name] = (wid) => { if (wid.user === '15550100003') window.__asked += 1; return original(wid); };
      }
    } 1`);
    link.events.length = 0;
    await link.onPage(post('status@broadcast', 'STATUS1'));
    await link.onPage(post('120363000000000001@newsletter', 'CHANNEL1'));
    await send('after them');
    await link.fact('message.received', ({ text }) => text === 'after them');
    expect(texts()).toEqual(['after them']);
    expect(link.events.filter(({ type }) => type === 'fact')).toHaveLength(1);
    expect(await link.onPage('window.__asked')).toBe(0);
  });
});

it('looks for changes once when the page is back', async () => {
  const { wireId } = await send('liked');
  await link.fact('message.received', (fact) => fact.wireId === wireId);
  await sandbox.phone.reaction({ ...link.at, wireId, from: BOB, text: '👍' });
  await link.fact('message.reaction', (fact) => fact.wireId === wireId);
  const looked = () =>
    logged.filter(({ event, changes }) => event === 'engine.backfilled' && Number(changes) > 0);
  logged.length = 0;
  await sandbox.phone.pageReload(link.at);
  await link.event('connection', ({ connected }) => connected);
  await expect.poll(looked).not.toEqual([]);
  const after = await send('after');
  await link.fact('message.received', (fact) => fact.wireId === after.wireId);
  expect(looked()).toHaveLength(1);
});

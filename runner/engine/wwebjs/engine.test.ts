import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import { ALICE, BOB, PNG, text } from './testing/text-message.ts';

const NOBODY = '19990100001@c.us';

describe.each(SANDBOX_PROFILES)('an engine on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;
  const logged: Record<string, unknown>[] = [];

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    link = engineLink(sandbox, profile, {
      log: (entry) => logged.push(entry),
      // What stock 1.34.7 does on this page must be enough for sends: the library then returns undefined.
      messageKeyPatch: profile === 'stock',
    });
  }, 60_000);

  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  it('shows a code, is scanned, and gets ready', async () => {
    const ready = await link.link();
    expect(ready.me).toEqual({
      phoneNumber: link.phoneNumber,
      lid: expect.stringMatching(/@lid$/),
      displayName: 'Zed',
    });
    expect(ready.webVersion).toMatch(/^2\.3000\./);
    // What WhatsApp limits the number to is read once it is ready.
    const types = link.events.map(({ type }) => type).filter((type) => type !== 'limits');
    expect(types).toEqual(['qr', 'authenticated', 'phone_seen', 'ready']);
  });

  it('finds everything it uses on the page, and its patches applied', async () => {
    await expect
      .poll(() => logged.find(({ event }) => event === 'engine.surface'))
      .toMatchObject({
        missing: [],
        patches: { 'send-hook': 'applied', 'media-model-id': 'not met' },
      });
  });

  it('sends a text under the given wire id', async () => {
    const message = text('hello');
    const result = await link.send(message);
    expect(result).toEqual({
      outcome: 'sent',
      wireKey: expect.stringMatching(new RegExp(`^true_\\d+@(c\\.us|lid)_${message.wireId}$`)),
    });
    const records = (await link.wire()).filter(({ wireId }) => wireId === message.wireId);
    expect(records).toMatchObject([{ to: ALICE, attempts: 1 }]);
  });

  it('reports the acks of what it sent', async () => {
    const message = text('acks');
    await link.send(message);
    const { fact } = await link.fact(
      'message.ack',
      ({ wireId, ack }) => wireId === message.wireId && ack === 3,
    );
    expect(fact.chatId).toBe(ALICE);
    const levels = link.events.flatMap((event) =>
      event.type === 'fact' && event.fact.kind === 'message.ack' ? [event.fact] : [],
    );
    const own = levels.filter(({ wireId }) => wireId === message.wireId).map(({ ack }) => ack);
    expect(own).toEqual([1, 2, 3]);
  });

  it('does not send the same wire id twice', async () => {
    const message = text('once');
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
    const records = (await link.wire()).filter(({ wireId }) => wireId === message.wireId);
    expect(records).toHaveLength(1);
  });

  it('keeps its id when the page itself makes ids in between', async () => {
    await link.onPage(`setInterval(() => { void window.require('WAWebMsgKey').newId(); }, 0); 1`);
    const messages = [text('a'), text('b'), text('c')];
    const results = await Promise.all(messages.map((message) => link.send(message)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
    const ids = (await link.wire()).map(({ wireId }) => wireId);
    expect(ids).toEqual(expect.arrayContaining(messages.map(({ wireId }) => wireId)));
  });

  it('refuses a number that is not on WhatsApp, with nothing on the wire', async () => {
    const before = await link.wire();
    expect(await link.send(text('nobody', { chatId: NOBODY }))).toMatchObject({
      outcome: 'failed',
      code: 'RECIPIENT_NOT_ON_WHATSAPP',
    });
    expect(await link.wire()).toEqual(before);
  });

  it('sends a reply with its quote', async () => {
    const first = text('question');
    await link.send(first);
    const reply = text('answer', { quotedWireId: first.wireId });
    expect(await link.send(reply)).toMatchObject({ outcome: 'sent' });
    const { messages } = await sandbox.phone.account(link.at);
    expect(messages.find(({ wireId }) => wireId === reply.wireId)).toMatchObject({
      body: 'answer',
      quotedWireId: first.wireId,
    });
  });

  it('refuses a reply to a message it does not know', async () => {
    const result = await link.send(text('answer', { quotedWireId: newWireId() }));
    expect(result).toMatchObject({ outcome: 'failed', code: 'MESSAGE_FAILED' });
  });

  it('sends an image, byte for byte', async () => {
    const filePath = join(link.dir, 'image.png');
    writeFileSync(filePath, PNG);
    const message = text('', {
      content: { type: 'image', mediaId: 'm', mimetype: 'image/png', caption: 'look' },
      filePath,
    });
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
    const { messages } = await sandbox.phone.account(link.at);
    const seen = messages.find(({ wireId }) => wireId === message.wireId);
    expect(seen).toMatchObject({ type: 'image', caption: 'look', mimetype: 'image/png' });
    const { data } = await sandbox.phone.media(seen?.mediaPath ?? '');
    expect(Buffer.from(data).equals(PNG)).toBe(true);
  });

  it('says so when an upload failed, with nothing on the wire', async () => {
    const filePath = join(link.dir, 'refused.png');
    writeFileSync(filePath, Buffer.concat([PNG, randomBytes(16)]));
    await sandbox.phone.faults({ ...link.at, uploadStatus: 503 });
    const message = text('', {
      content: { type: 'image', mediaId: 'm', mimetype: 'image/png' },
      filePath,
    });
    const result = await link.send(message);
    await sandbox.phone.faults({ ...link.at, uploadStatus: null });
    expect(result).toMatchObject({ outcome: 'failed', code: 'MESSAGE_FAILED' });
    expect((await link.wire()).map(({ wireId }) => wireId)).not.toContain(message.wireId);
    // The same message may be tried again.
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
  });

  it('says accepted when the ack stays away, and finds the message again', async () => {
    await sandbox.phone.faults({ ...link.at, ackDelaysMs: [-1, -1, -1] });
    const message = text('slow');
    const result = await link.engine.send(message);
    await sandbox.phone.faults({ ...link.at, ackDelaysMs: [20, 80, 150] });
    expect(result.outcome).toBe('accepted');
    expect(
      await link.engine.ask('lookUp', { wireId: message.wireId, chatId: ALICE }),
    ).toMatchObject({ found: true, ack: 0 });
    expect(await link.engine.ask('lookUp', { wireId: newWireId(), chatId: ALICE })).toEqual({
      found: false,
    });
  });

  it('says failed when WhatsApp refuses the message', async () => {
    await sandbox.phone.faults({ ...link.at, failSends: 1 });
    const result = await link.send(text('refused'));
    expect(result).toMatchObject({ outcome: 'failed', code: 'MESSAGE_FAILED' });
  });

  it('refuses to send while WhatsApp is away, and goes on when it is back', async () => {
    await sandbox.phone.network({ ...link.at, online: false });
    await link.event('connection', ({ connected }) => !connected);
    const message = text('offline');
    expect(await link.send(message)).toMatchObject({ code: 'UNAVAILABLE' });
    link.events.length = 0;
    await sandbox.phone.network({ ...link.at, online: true });
    await link.event('connection', ({ connected }) => connected);
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
  });

  it('sends under the given wire id after the page was loaded anew', async () => {
    link.events.length = 0;
    await sandbox.phone.pageReload(link.at);
    await link.event('connection', ({ connected }) => !connected);
    await link.event('connection', ({ connected }) => connected);
    const message = text('after the reload');
    expect(await link.send(message)).toMatchObject({ outcome: 'sent' });
    expect((await link.wire()).map(({ wireId }) => wireId)).toContain(message.wireId);
    expect(link.events.map(({ type }) => type)).not.toContain('ready');
  });

  it('refuses to send when the page does not let us set the id', async () => {
    await link.onPage(`{
      const action = window.require('WAWebSendMsgChatAction');
      const { addAndSendMsgToChat } = action;
      window.__stolen = addAndSendMsgToChat;
      Object.defineProperty(action, 'addAndSendMsgToChat',
        { configurable: true, get: () => (chat, message) => window.__stolen(chat, message), set: () => {} });
    } 1`);
    const message = text('no hook');
    const result = await link.send(message);
    await link.onPage(`{
      const action = window.require('WAWebSendMsgChatAction');
      Object.defineProperty(action, 'addAndSendMsgToChat',
        { configurable: true, writable: true, enumerable: true, value: window.__stolen });
    } 1`);
    expect(result).toMatchObject({ outcome: 'failed', code: 'UNAVAILABLE' });
    expect((await link.wire()).map(({ wireId }) => wireId)).not.toContain(message.wireId);
  });

  it('knows who is on WhatsApp', async () => {
    expect(await link.engine.ask('isOnWhatsApp', { chatId: ALICE })).toEqual({
      exists: true,
      chatId: ALICE,
      lid: expect.stringMatching(/@lid$/),
    });
    expect(await link.engine.ask('isOnWhatsApp', { chatId: NOBODY })).toEqual({
      exists: false,
      chatId: null,
      lid: null,
    });
  });

  it('answers a ping and takes a screenshot', async () => {
    expect(await link.engine.ping(20_000)).toEqual({ state: 'CONNECTED' });
    const { pngBase64 } = await link.engine.ask('screenshot', {});
    expect(Buffer.from(pngBase64, 'base64').subarray(1, 4).toString()).toBe('PNG');
  });

  it('stops, and starts again without a code, with what it missed', async () => {
    await link.engine.stop();
    expect(link.events.at(-1)).toMatchObject({ type: 'closed', reason: 'stopped' });
    const missed = await sandbox.phone.message({ ...link.at, from: BOB, body: 'while away' });
    const ready = await link.reopen();
    expect(ready.me.phoneNumber).toBe(link.phoneNumber);
    expect(link.events.map(({ type }) => type)).not.toContain('qr');
    await link.fact('message.received', ({ wireId }) => wireId === missed.wireId);
    expect(await link.send(text('again'))).toMatchObject({ outcome: 'sent' });
  });

  it('logs out, keeps the profile aside, and asks for a code next time', async () => {
    await link.engine.logout();
    expect(link.events.slice(-2)).toMatchObject([
      { type: 'logged_out', reason: 'requested' },
      { type: 'closed', reason: 'stopped' },
    ]);
    expect(existsSync(link.profileDir)).toBe(false);
    link.renew();
    await link.engine.start();
    await link.event('qr');
  });

  it('broke no rule of the sandbox in all these tests', async () => {
    expect(await sandbox.phone.violations({ world: link.world })).toEqual({ violations: [] });
  });
});

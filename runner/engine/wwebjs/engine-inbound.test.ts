import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';
import { BOB, PNG, text } from './testing/text-message.ts';

describe.each(SANDBOX_PROFILES)('what comes in on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    // As in the tests of sends: what stock 1.34.7 does on this page must be enough.
    link = engineLink(sandbox, profile, { messageKeyPatch: profile === 'stock' });
    await link.link();
  }, 60_000);

  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  it('reports a text that came in', async () => {
    const sent = await sandbox.phone.message({ ...link.at, from: BOB, body: 'hi there' });
    const { fact } = await link.fact('message.received', ({ wireId }) => wireId === sent.wireId);
    expect(fact).toMatchObject({
      chatId: `${BOB}@c.us`,
      from: { id: `${BOB}@c.us`, lid: expect.stringMatching(/@lid$/), name: expect.any(String) },
      isGroup: false,
      type: 'text',
      text: 'hi there',
      media: null,
      backfilled: false,
    });
  });

  it('reports a file that came in, byte for byte', async () => {
    // Larger than one piece of the way over from the page.
    const bytes = randomBytes(2_000_000);
    const sent = await sandbox.phone.message({
      ...link.at,
      from: BOB,
      type: 'document',
      mediaBase64: bytes.toString('base64'),
      mimetype: 'application/pdf',
      filename: 'plan.pdf',
    });
    const own = ({ wireId }: { wireId: string }) => wireId === sent.wireId;
    const media = {
      mimetype: 'application/pdf',
      filename: 'plan.pdf',
      sizeBytes: bytes.length,
      mediaId: null,
      error: null,
    };
    expect((await link.fact('message.received', own)).fact.media).toEqual(media);
    const { fact, file } = await link.fact('message.media', own);
    expect(fact.media).toEqual(media);
    expect(file).toMatchObject({ mimetype: 'application/pdf', sizeBytes: bytes.length });
    expect(readFileSync(file?.path ?? '').equals(bytes)).toBe(true);
  });

  it.each([
    ['that WhatsApp no longer has', { expireMedia: true }],
    ['whose download fails once', { failDownloads: 1 }],
  ])('reports a file %s as failed, and fetches it again', async (_, faults) => {
    await sandbox.phone.faults({ ...link.at, ...faults });
    const sent = await sandbox.phone.message({
      ...link.at,
      from: BOB,
      type: 'image',
      mediaBase64: PNG.toString('base64'),
      mimetype: 'image/png',
    });
    const own = ({ wireId }: { wireId: string }) => wireId === sent.wireId;
    const { fact, file } = await link.fact('message.media', own);
    await sandbox.phone.faults({ ...link.at, expireMedia: false });
    expect(file).toBeUndefined();
    expect(fact.media).toMatchObject({ mediaId: null, error: expect.any(String) });

    const { wireId, wireKey: reference, chatId } = fact;
    const { mimetype, filename, sizeBytes } = fact.media;
    const wanted = { chatId, reference, wireId, mimetype, filename, sizeBytes };
    expect(await link.engine.ask('downloadMedia', wanted)).toEqual({ begun: true });
    const again = await link.fact(
      'message.media',
      (each) => own(each) && each.media.error === null,
    );
    expect(readFileSync(again.file?.path ?? '').equals(PNG)).toBe(true);
  });

  it('reports reactions, edits and revokes', async () => {
    const { wireId } = await sandbox.phone.message({ ...link.at, from: BOB, body: 'draft' });
    await sandbox.phone.reaction({ ...link.at, wireId, from: BOB, text: '👍' });
    const own = (fact: { wireId: string }) => fact.wireId === wireId;
    expect((await link.fact('message.reaction', own)).fact).toMatchObject({
      chatId: `${BOB}@c.us`,
      from: { id: `${BOB}@c.us` },
      emoji: '👍',
    });
    await sandbox.phone.edit({ ...link.at, wireId, body: 'final' });
    expect((await link.fact('message.edited', own)).fact.text).toBe('final');
    await sandbox.phone.revoke({ ...link.at, wireId });
    await link.fact('message.revoked', own);
  });

  it('sends to a group, and takes part in it', async () => {
    const group = await sandbox.phone.group({
      world: link.world,
      owner: BOB,
      subject: 'Team',
      members: [link.phoneNumber],
    });
    const sent = await sandbox.phone.message({
      ...link.at,
      from: BOB,
      chat: group.id,
      body: 'all',
    });
    const { fact } = await link.fact('message.received', ({ wireId }) => wireId === sent.wireId);
    expect(fact).toMatchObject({ isGroup: true, chatId: group.id, from: { id: `${BOB}@c.us` } });

    const answer = text('me too', { chatId: group.id, quotedWireId: sent.wireId });
    expect(await link.send(answer)).toMatchObject({
      outcome: 'sent',
      wireKey: expect.stringContaining(`true_${group.id}_${answer.wireId}_`),
    });
    const records = (await link.wire()).filter(({ wireId }) => wireId === answer.wireId);
    expect(records).toMatchObject([{ to: group.id }]);
    expect(
      await link.engine.ask('lookUp', { wireId: answer.wireId, chatId: group.id }),
    ).toMatchObject({ found: true });
    const stranger = await link.send(text('hi', { chatId: '120363000000000000@g.us' }));
    expect(stranger).toMatchObject({ outcome: 'failed', code: 'MESSAGE_FAILED' });
  });

  it('broke no rule of the sandbox in all these tests', async () => {
    expect(await sandbox.phone.violations({ world: link.world })).toEqual({ violations: [] });
  });
});

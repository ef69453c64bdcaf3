import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutboundContent } from '../../../shared/catalogue/message-kinds.ts';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import { createFilePreparation } from '../../media/prepare-file.ts';
import { testFfmpeg } from '../../media/testing/env.ts';
import { makeSample, type Sample } from '../../media/testing/samples.ts';
import { engineLink } from './testing/engine-link.ts';
import type { SandboxLink } from './testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from './testing/sandbox-link.ts';

const ALICE = '15550100001@c.us';

const THUMBNAIL = expect.stringMatching(/^\/9j\//);
const VIDEO = {
  type: 'video',
  mediaId: 'm',
  mimetype: 'video/mp4',
  asGif: false,
  asDocument: false,
} as const;

const prepare = createFilePreparation(testFfmpeg());

/** What is sent, its bytes, and what the recipient's phone shows. */
type Case = [string, OutboundContent, Buffer | Sample, Record<string, unknown>];

const SENT: Case[] = [
  [
    'a document, larger than a piece of the way to the page',
    {
      type: 'document',
      mediaId: 'm',
      mimetype: 'application/pdf',
      filename: 'Plan für 猫.pdf',
      caption: 'the plan',
    },
    randomBytes(3_500_001),
    {
      type: 'document',
      caption: 'the plan',
      mimetype: 'application/pdf',
      content: { filename: 'Plan für 猫.pdf', size: 3_500_001 },
    },
  ],
  [
    'a picture as a document',
    { type: 'document', mediaId: 'm', mimetype: 'image/png', filename: 'a.png' },
    randomBytes(10),
    { type: 'document', mimetype: 'image/png', content: { filename: 'a.png' } },
  ],
  [
    'an image to be opened once',
    { type: 'image', mediaId: 'm', mimetype: 'image/png', viewOnce: true },
    'picture.png',
    { type: 'image', content: { isViewOnce: true, width: 64, height: 48 }, body: THUMBNAIL },
  ],
  [
    'a video',
    { ...VIDEO, caption: 'the clip' },
    'clip.mp4',
    {
      type: 'video',
      caption: 'the clip',
      mimetype: 'video/mp4',
      body: THUMBNAIL,
      content: { width: 64, height: 48, duration: 2 },
    },
  ],
  [
    'a video as a GIF',
    { ...VIDEO, asGif: true },
    'clip.mp4',
    { type: 'video', content: { isGif: true } },
  ],
  [
    'a video as a document',
    { ...VIDEO, asDocument: true, filename: 'clip.mp4' },
    'clip.mp4',
    { type: 'document', mimetype: 'video/mp4', content: { filename: 'clip.mp4' } },
  ],
  [
    'an audio file',
    { type: 'audio', mediaId: 'm', mimetype: 'audio/mpeg' },
    'tone.mp3',
    { type: 'audio', mimetype: 'audio/mpeg', content: { duration: 2 } },
  ],
  [
    'a voice message',
    { type: 'voice', mediaId: 'm', mimetype: 'audio/mpeg' },
    'tone.mp3',
    {
      type: 'ptt',
      mimetype: 'audio/ogg; codecs=opus',
      content: { duration: 2, waveform: expect.arrayContaining([100]) },
    },
  ],
  [
    'a sticker',
    { type: 'sticker', mediaId: 'm', mimetype: 'image/png' },
    'picture.png',
    { type: 'sticker', mimetype: 'image/webp' },
  ],
  [
    'an animated sticker',
    { type: 'sticker', mediaId: 'm', mimetype: 'image/gif' },
    'moving.gif',
    { type: 'sticker', mimetype: 'image/webp' },
  ],
];

describe.each(SANDBOX_PROFILES)('kinds with a file on the %s page', (profile) => {
  let sandbox: TestSandbox;
  let link: SandboxLink;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    link = engineLink(sandbox, profile);
    await link.link();
  }, 60_000);

  afterAll(async () => {
    await link.end();
    await sandbox.close();
  });

  async function prepared(said: OutboundContent, sample: Buffer | Sample) {
    const filePath =
      typeof sample === 'string' ? makeSample(link.dir, sample) : join(link.dir, 'a');
    if (typeof sample !== 'string') writeFileSync(filePath, sample);
    const { path, content, sound, remove } = await prepare(said, filePath);
    return {
      message: {
        wireId: newWireId(),
        chatId: ALICE,
        content,
        filePath: path,
        ...(sound === null ? {} : { sound }),
      },
      bytes: readFileSync(path),
      remove,
    };
  }

  it.each(SENT)('sends %s, alone and as a reply', async (_name, said, sample, shown) => {
    const question = await sandbox.phone.message({ ...link.at, from: ALICE, body: 'where?' });
    await link.fact('message.received', ({ wireId }) => wireId === question.wireId);
    for (const quote of [{}, { quotedWireId: question.wireId }]) {
      const { message, bytes, remove } = await prepared(said, sample);
      expect(await link.send({ ...message, ...quote })).toMatchObject({ outcome: 'sent' });
      await remove();
      const { messages } = await sandbox.phone.account(link.at);
      const seen = messages.find(({ wireId }) => wireId === message.wireId);
      expect(seen).toMatchObject({ ...shown, ...quote });
      const { data } = await sandbox.phone.media(seen?.mediaPath ?? '');
      expect(Buffer.from(data).equals(bytes)).toBe(true);
    }
  });

  it('sends a file to a group', async () => {
    const { world } = link;
    const members = [`${link.phoneNumber}@c.us`];
    const { id: chatId } = await sandbox.phone.group({
      world,
      owner: ALICE,
      subject: 'T',
      members,
    });
    await expect
      .poll(() => link.engine.ask('getGroup', { groupId: chatId }).catch(() => null))
      .toMatchObject({ id: chatId });
    const content = {
      type: 'image',
      mediaId: 'm',
      mimetype: 'image/png',
      caption: 'ours',
    } as const;
    const { message, bytes, remove } = await prepared(content, 'picture.png');
    expect(await link.send({ ...message, chatId })).toMatchObject({ outcome: 'sent' });
    await remove();
    const { messages } = await sandbox.phone.account(link.at);
    const seen = messages.find(({ wireId }) => wireId === message.wireId);
    expect(seen).toMatchObject({ type: 'image', caption: 'ours' });
    expect(await link.wire()).toContainEqual(
      expect.objectContaining({ wireId: message.wireId, to: chatId }),
    );
    const { data } = await sandbox.phone.media(seen?.mediaPath ?? '');
    expect(Buffer.from(data).equals(bytes)).toBe(true);
  });

  it('refuses a video that the browser cannot play, unless it is a document', async () => {
    const { message, remove } = await prepared(VIDEO, 'clip.mp4');
    const hide = (type: string) =>
      link.onPage(`HTMLMediaElement.prototype.canPlayType = ${type}, 0`);
    await hide(`((own) => function canPlayType(type) {
      return type.includes('avc1') ? '' : own.call(this, type);
    })(window.ownCanPlayType ??= HTMLMediaElement.prototype.canPlayType)`);
    expect(await link.send(message)).toMatchObject({
      outcome: 'failed',
      code: 'MEDIA_REJECTED',
      message: expect.stringContaining('asDocument'),
    });
    const content = { ...message.content, ...VIDEO, asDocument: true };
    expect(await link.send({ ...message, content })).toMatchObject({ outcome: 'sent' });
    await hide('window.ownCanPlayType');
    await remove();
  });

  it('keeps nothing of the files on the page', async () => {
    expect(await link.onPage('window.__waypost.files.size')).toBe(0);
  });

  it('broke no rule of the sandbox on its way', async () => {
    expect((await sandbox.phone.violations({})).violations).toEqual([]);
  });
});

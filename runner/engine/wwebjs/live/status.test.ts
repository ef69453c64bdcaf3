import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import { makeSample } from '../../../media/testing/samples.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

let sandbox: TestSandbox;
/** Object storage: what it answers, by path. */
const stored = new Map<string, Buffer>();
const storage = createServer(({ url = '' }, response) => {
  const file = stored.get(url);
  response.writeHead(file === undefined ? 404 : 200).end(file);
});
beforeAll(async () => {
  sandbox = await startTestSandbox();
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await sandbox.close();
  storage.close();
});

describe.each(SANDBOX_PROFILES)('status posts on the page %s', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  });
  afterAll(() => link.end());

  const posts = async () => (await link.engine.ask('listStatus', {})).posts;
  const post = (text: string, color = '#7acca5', font = 0) =>
    link.engine.ask('postStatus', { text, color, font });

  it('are posted, listed newest first, and deleted', async () => {
    expect(await posts()).toEqual([]);
    const first = await post('Open on Sunday', '#ff0000', 3);
    expect(first).toEqual({
      wireId: expect.any(String),
      type: 'chat',
      text: 'Open on Sunday',
      postedAt: expect.any(String),
    });
    const again = await post('Open on Sunday');
    expect(again.wireId).not.toBe(first.wireId);
    expect(await posts()).toEqual([again, first]);
    const { notes } = await sandbox.phone.account(link.at);
    expect(notes.filter(({ what }) => what === 'status').map(({ data }) => data)).toEqual([
      { text: 'Open on Sunday', color: 0xff7acca5, font: 0 },
      { text: 'Open on Sunday', color: 0xffff0000, font: 3 },
    ]);
    const { wireId } = first;
    expect(await link.engine.ask('deleteStatus', { wireId })).toEqual({ deleted: true });
    expect(await posts()).toEqual([again]);
    await expect(link.engine.ask('deleteStatus', { wireId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('are there after a restart as they were before', async () => {
    await post('Closed on Monday');
    const before = await posts();
    expect(before).toHaveLength(2);
    await link.engine.stop();
    await link.reopen();
    expect(await posts()).toEqual(before);
    const [newest, oldest] = before;
    const { wireId } = newest ?? { wireId: '' };
    expect(await link.engine.ask('deleteStatus', { wireId })).toEqual({ deleted: true });
    expect(await posts()).toEqual([oldest]);
  });

  const postFile = (path: string, mimetype: string, caption: string | null = null) => {
    // A server that listens on a TCP port has such an address.
    const { port } = storage.address() as AddressInfo;
    const fileUrl = `http://127.0.0.1:${port}${path}`;
    return link.engine.ask('postStatus', { fileUrl, mimetype, caption });
  };
  const filesLeft = () => readdirSync(join(link.dir, 'files'));

  it.each([
    ['image', 'picture.png', 'image/png', 'Look'],
    ['video', 'clip.mp4', 'video/mp4', null],
  ] as const)(
    'with a file of kind %s are posted, and people see them',
    async (type, sample, mimetype, caption) => {
      const bytes = readFileSync(makeSample(link.dir, sample));
      stored.set(`/${sample}`, bytes);
      const shown = await postFile(`/${sample}`, mimetype, caption);
      expect(shown).toMatchObject({ type, text: caption });
      expect((await posts())[0]).toEqual(shown);
      const { notes } = await sandbox.phone.account(link.at);
      const seen = notes.find(({ what }) => what === 'status')?.data;
      expect(seen).toMatchObject({ type, ...(caption !== null && { caption }) });
      const { data } = await sandbox.phone.media(String(Object(seen).directPath));
      expect(Buffer.from(data).equals(bytes)).toBe(true);
      expect(filesLeft()).toEqual([]);
    },
  );

  it.each([
    ['that is gone', '/gone', 'image/png'],
    ['that is larger than 64 MB', '/large', 'image/png'],
    ['that WhatsApp Web cannot play', '/noise', 'video/mp4'],
  ])('of a file %s are refused', async (_, path, mimetype) => {
    stored.set('/large', Buffer.alloc(64 * 1024 * 1024 + 1));
    stored.set('/noise', Buffer.alloc(1_000, 'noise'));
    const before = await posts();
    await expect(postFile(path, mimetype)).rejects.toMatchObject({ code: 'MEDIA_REJECTED' });
    expect(await posts()).toEqual(before);
    expect(filesLeft()).toEqual([]);
  });

  it('of files are there after a restart as well', async () => {
    const before = await posts();
    await link.engine.stop();
    await link.reopen();
    expect(await posts()).toEqual(before);
  });
});

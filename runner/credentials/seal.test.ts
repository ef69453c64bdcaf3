import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, open, seal, sealedSize, type SealFacts } from './seal.ts';

const dataKey = randomBytes(32);
const facts: SealFacts = {
  seal: 1,
  workspaceId: 'wks_1',
  sessionId: 'ses_1',
  version: 3,
  epoch: 7,
};

/** Each chunk is good until the next is asked for. */
async function buffer(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of source) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

const pieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );
const sealed = (plain: Buffer, given = facts): Promise<Buffer> =>
  buffer(seal(pieces(plain, 10_000), dataKey, given));
const opened = (bytes: Buffer, given = facts, key = dataKey): Promise<Buffer> =>
  buffer(open(pieces(bytes, 7_000), key, given));

describe('a sealed stream', () => {
  it.each([0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES, 200_001])(
    'of %i bytes opens to what it was, and is as long as said',
    async (length) => {
      const plain = randomBytes(length);
      const bytes = await sealed(plain);
      expect(bytes).toHaveLength(sealedSize(length));
      expect((await opened(bytes)).equals(plain)).toBe(true);
    },
  );

  it('is another one each time', async () => {
    const plain = randomBytes(100);
    expect((await sealed(plain)).equals(await sealed(plain))).toBe(false);
  });

  const plain = randomBytes(3 * FRAME_BYTES + 100);
  const frame = FRAME_BYTES + 16;
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['a bit flipped in the salt', (bytes) => flipped(bytes, 5)],
    ['a bit flipped in the first frame', (bytes) => flipped(bytes, 100)],
    ['a bit flipped in the last tag', (bytes) => flipped(bytes, bytes.length - 1)],
    ['the last frame missing', (bytes) => bytes.subarray(0, 32 + 3 * frame)],
    ['the end of a frame missing', (bytes) => bytes.subarray(0, -1)],
    ['only half a salt', (bytes) => bytes.subarray(0, 16)],
    ['nothing at all', () => Buffer.alloc(0)],
    ['something behind it', (bytes) => Buffer.concat([bytes, Buffer.from('more')])],
    [
      'two frames in each other’s place',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, 32),
          bytes.subarray(32 + frame, 32 + 2 * frame),
          bytes.subarray(32, 32 + frame),
          bytes.subarray(32 + 2 * frame),
        ]),
    ],
  ])('does not open with %s', async (_, change) => {
    await expect(opened(change(await sealed(plain)))).rejects.toMatchObject({ name: 'SealError' });
  });

  it.each<[string, Partial<SealFacts>]>([
    ['another workspace', { workspaceId: 'wks_2' }],
    ['another session', { sessionId: 'ses_2' }],
    ['another version', { version: 2 }],
    ['another epoch', { epoch: 6 }],
    ['another seal', { seal: 2 }],
  ])('does not open for %s', async (_, change) => {
    const bytes = await sealed(plain);
    await expect(opened(bytes, { ...facts, ...change })).rejects.toMatchObject({
      name: 'SealError',
    });
  });

  it('does not open with another key', async () => {
    await expect(opened(await sealed(plain), facts, randomBytes(32))).rejects.toMatchObject({
      name: 'SealError',
    });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

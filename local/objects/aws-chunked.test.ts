import { expect, test } from 'vitest';
import { decodeAwsChunked } from './aws-chunked.ts';

/** Cut into pieces of `size`, so that every boundary falls everywhere. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function decode(text: string, size: number): Promise<{ body: string; trailers: unknown }> {
  let trailers: unknown;
  const chunks: Buffer[] = [];
  for await (const chunk of decodeAwsChunked(pieces(text, size), (found) => {
    trailers = found;
  })) {
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks).toString(), trailers };
}

const FRAMED =
  '5\r\nhello\r\nA;chunk-signature=x\r\n \r\nworld!!\r\n0\r\nX-Amz-Checksum-Crc32: ab:c=\r\n\r\n';

test.each([1, 2, 3, 7, 1_000])(
  'decodes data and trailers from pieces of %d bytes',
  async (size) => {
    expect(await decode(FRAMED, size)).toEqual({
      body: 'hello \r\nworld!!',
      trailers: { 'x-amz-checksum-crc32': 'ab:c=' },
    });
  },
);

test.each([
  ['cut in a chunk', FRAMED.slice(0, 6)],
  ['cut before the last chunk', FRAMED.slice(0, 10)],
  ['cut before the empty line', FRAMED.slice(0, -2)],
  ['no size', 'zz\r\nhello\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
  ['an endless header', 'a'.repeat(10_000)],
])('%s is refused', async (_name, text) => {
  await expect(decode(text, 100)).rejects.toMatchObject({ code: 'IncompleteBody' });
});

import { mkdir, open } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { inflate as inflateCallback } from 'node:zlib';
import { BadCredentialsError } from '../../credentials.ts';
import { KEPT } from './kept-files.ts';
import { AS_IT_IS, DEFLATED, END, HEADER_BYTES, MAX_DEFLATED_BYTES } from './pack.ts';

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateCallback);

const MAX_PATH_BYTES = 1_024;

/**
 * Writes packed files under `directory`, which must be empty.
 * @param source chunks that are good until the next one is asked for
 * @throws BadCredentialsError for anything but a whole, well-formed pack of files that belong in a profile
 */
export async function unpack(
  source: AsyncIterable<Uint8Array>,
  directory: string,
): Promise<{ files: number; contentBytes: number }> {
  const bytes = new Reader(source);
  let files = 0;
  let contentBytes = 0;
  for (;;) {
    const kind = (await bytes.exactly(1)).readUInt8(0);
    if (kind === END) break;
    if (kind !== AS_IT_IS && kind !== DEFLATED)
      throw new BadCredentialsError('an unknown kind of entry');
    const lengths = await bytes.exactly(HEADER_BYTES - 1);
    const [packedBytes, sizeBytes] = [lengths.readUIntBE(2, 6), lengths.readUIntBE(8, 6)];
    const target = join(directory, safePath(await bytes.exactly(lengths.readUInt16BE(0))));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const content =
      kind === DEFLATED ? inflated(bytes, packedBytes, sizeBytes) : bytes.upTo(packedBytes);
    if ((await writeNew(target, content)) !== sizeBytes)
      throw new BadCredentialsError('a wrong length');
    files += 1;
    contentBytes += sizeBytes;
  }
  if (!(await bytes.isAtEnd())) throw new BadCredentialsError('bytes after the end');
  return { files, contentBytes };
}

async function* inflated(
  bytes: Reader,
  packedBytes: number,
  sizeBytes: number,
): AsyncGenerator<Buffer> {
  if (packedBytes > MAX_DEFLATED_BYTES || sizeBytes > MAX_DEFLATED_BYTES)
    throw new BadCredentialsError('a compressed file of this size is never packed');
  const packed = await bytes.exactly(packedBytes);
  try {
    yield await inflate(packed, { maxOutputLength: sizeBytes });
  } catch {
    throw new BadCredentialsError('a compressed file that does not open');
  }
}

async function writeNew(path: string, content: AsyncIterable<Buffer>): Promise<number> {
  const handle = await open(path, 'wx', 0o600);
  let written = 0;
  try {
    for await (const chunk of content) {
      for (let done = 0; done < chunk.length;)
        done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
      written += chunk.length;
    }
  } finally {
    await handle.close();
  }
  return written;
}

/** A path that stays in one of the kept folders. */
function safePath(name: Buffer): string {
  const path = name.toString('utf8');
  const isNormal = name.length <= MAX_PATH_BYTES && posix.normalize(path) === path;
  const isKept = KEPT.some((root) => path.startsWith(`${root.split(sep).join(posix.sep)}/`));
  if (!isNormal || !isKept || path.includes('\\') || path.includes('\0'))
    throw new BadCredentialsError('a path outside of the profile');
  return path;
}

/** Takes a stream of chunks apart at other places than where they begin. Holds one chunk at a time. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(length: number): Promise<Buffer> {
    if (length > MAX_DEFLATED_BYTES) throw new BadCredentialsError('a length that is never packed');
    const whole = Buffer.alloc(length);
    let filled = 0;
    for await (const part of this.upTo(length)) filled += part.copy(whole, filled);
    return whole;
  }

  async *upTo(length: number): AsyncGenerator<Buffer> {
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0 && !(await this.#next()))
        throw new BadCredentialsError('it is cut off');
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      yield part;
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#next());
  }

  async #next(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#source.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.length);
      return true;
    }
  }
}

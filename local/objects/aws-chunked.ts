import { S3Error } from './s3-error.ts';

const MAX_LINE_BYTES = 4_096;
const incomplete = (why: string): S3Error => new S3Error('IncompleteBody', why);

/** Reads lines and byte runs from a stream, holding no more than one chunk of it. */
class Reader {
  #rest: Buffer = Buffer.alloc(0);
  readonly #source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw incomplete('The body ended inside a chunk.');
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0) {
        const text = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return text;
      }
      if (this.#rest.length > MAX_LINE_BYTES) throw incomplete('A chunk header is too long.');
      await this.#more();
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}

/**
 * Decodes `aws-chunked` framing (STREAMING-UNSIGNED-PAYLOAD-TRAILER): `<hex>[;…]\r\n<data>\r\n` … `0\r\n`,
 * trailers, an empty line. `onTrailers` is called before the generator ends.
 * @throws S3Error IncompleteBody when the framing is broken or cut short
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  onTrailers: (trailers: Record<string, string>) => void,
): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  for (;;) {
    const header = await reader.line();
    const size = /^([0-9a-f]{1,12})(?:;|$)/i.exec(header)?.[1];
    if (size === undefined) throw incomplete('A chunk header has no size.');
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    yield* reader.bytes(length);
    if ((await reader.line()) !== '') throw incomplete('A chunk is longer than its size.');
  }
  const trailers: Record<string, string> = {};
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const [name = '', value = ''] = line.split(/:(.*)/s);
    trailers[name.trim().toLowerCase()] = value.trim();
  }
  onTrailers(trailers);
}

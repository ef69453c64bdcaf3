import type { Socket } from 'node:net';

/** A message claims to be larger than any honest client's; the same bound as the HTTP door. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Cuts what a client sends into protocol messages; undefined means that it has hung up. */
export class FrameReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** A first packet: length (4 bytes), code (4 bytes), content. */
  startup(): Promise<Buffer | undefined> {
    return this.#frame(0);
  }

  /** Any later message: type (1 byte), length (4 bytes), content. */
  message(): Promise<Buffer | undefined> {
    return this.#frame(1);
  }

  async #frame(lengthAt: number): Promise<Buffer | undefined> {
    if (!(await this.#fill(lengthAt + 4))) return undefined;
    const size = lengthAt + this.#rest.readInt32BE(lengthAt);
    if (size < lengthAt + 4 || size > MAX_MESSAGE_BYTES) throw new Error('malformed message');
    if (!(await this.#fill(size))) return undefined;
    const frame = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return frame;
  }

  async #fill(size: number): Promise<boolean> {
    if (this.#rest.length >= size) return true;
    const parts = [this.#rest];
    let length = this.#rest.length;
    while (length < size) {
      const next = await this.#chunks.next().catch(endOnHangUp);
      if (next.done === true) return false;
      parts.push(next.value);
      length += next.value.length;
    }
    this.#rest = Buffer.concat(parts);
    return true;
  }
}

/** A client that goes without a word is as gone as one that says goodbye. */
function endOnHangUp(error: unknown): IteratorReturnResult<undefined> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET') throw error;
  return { done: true, value: undefined };
}

import { withDeadline } from '../egress/read-capped.ts';

/** The stream ended, or broke, before the bytes that were asked for. */
export class CutOffError extends Error {
  override name = 'CutOffError';
}

/** Reads a stream in the pieces that a file format asks for. Every chunk is handed to `pass` when it arrives. */
export class ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #deadline: AbortSignal;
  readonly #pass: (chunk: Uint8Array) => Promise<void>;
  #left: Uint8Array = new Uint8Array();

  constructor(
    stream: ReadableStream<Uint8Array>,
    deadline: AbortSignal,
    pass: (chunk: Uint8Array) => Promise<void>,
  ) {
    this.#reader = stream.getReader();
    this.#deadline = deadline;
    this.#pass = pass;
  }

  /** The next chunk; null at the end. */
  async #pull(): Promise<Uint8Array | null> {
    let read: ReadableStreamReadResult<Uint8Array>;
    try {
      read = await withDeadline(this.#reader.read(), this.#deadline);
    } catch (error) {
      this.#deadline.throwIfAborted();
      throw new CutOffError('the connection broke', { cause: error });
    }
    if (read.done) return null;
    await this.#pass(read.value);
    return read.value;
  }

  async #more(): Promise<void> {
    const chunk = await this.#pull();
    if (chunk === null) throw new CutOffError('the stream ended');
    if (this.#left.length === 0) {
      this.#left = chunk;
      return;
    }
    const joined = new Uint8Array(this.#left.length + chunk.length);
    joined.set(this.#left);
    joined.set(chunk, this.#left.length);
    this.#left = joined;
  }

  /** The next `count` bytes, which stay to be read; fewer only when the stream ends before. @throws CutOffError when it breaks */
  async peek(count: number): Promise<Uint8Array> {
    try {
      while (this.#left.length < count) await this.#more();
    } catch (error) {
      if (!(error instanceof CutOffError) || error.cause !== undefined) throw error;
    }
    return this.#left.subarray(0, count);
  }

  /** @throws CutOffError when there are fewer */
  async take(count: number): Promise<Uint8Array> {
    while (this.#left.length < count) await this.#more();
    const taken = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return taken;
  }

  /** @throws CutOffError when there are fewer */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > this.#left.length) {
      left -= this.#left.length;
      this.#left = new Uint8Array();
      await this.#more();
    }
    this.#left = this.#left.subarray(left);
  }

  /**
   * Skips to where `find` says.
   * @param find gets the bytes that have come, piece after piece; -1 when it is none of them
   * @throws CutOffError when there is none
   */
  async skipUntil(find: (bytes: Uint8Array) => number): Promise<void> {
    let at = find(this.#left);
    while (at === -1) {
      this.#left = new Uint8Array();
      await this.#more();
      at = find(this.#left);
    }
    this.#left = this.#left.subarray(at);
  }

  /** Reads to the end. @throws CutOffError when the connection breaks before */
  async drain(): Promise<void> {
    this.#left = new Uint8Array();
    while ((await this.#pull()) !== null);
  }

  async cancel(): Promise<void> {
    // The stream may already have failed; there is nothing more to give up then.
    await this.#reader.cancel().catch(() => undefined);
  }
}

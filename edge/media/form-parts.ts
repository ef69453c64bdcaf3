import { Buffer } from 'node:buffer';
import { parse } from 'content-disposition';
import { withDeadline } from '../egress/read-capped.ts';
import { AppError } from '../../shared/errors.ts';

const LINE_END = '\r\n';
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_PARTS = 100;

/** One part of a form. What is not read of its body is skipped when the next part is asked for. */
export type FormPart = {
  name: string;
  filename: string | null;
  mimetype: string | null;
  body: ReadableStream<Uint8Array>;
};

/** Whether a request's body is a form with parts. */
export const isForm = ({ headers }: Request): boolean =>
  /^multipart\/form-data\s*(?:;|$)/i.test(headers.get('content-type') ?? '');

export const badForm = (field: string, message: string): AppError =>
  new AppError('VALIDATION_ERROR', `${['body', field].filter(Boolean).join('.')}: ${message}`, {
    fields: [{ in: 'body', field, message }],
  });

/**
 * The parts of a `multipart/form-data` body in their order, each as it arrives: no more than a chunk of it is in memory.
 * @param limitBytes of the whole body
 * @throws AppError VALIDATION_ERROR for a body that is no such form, or ends too early; PAYLOAD_TOO_LARGE; the deadline's reason
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function* readFormParts(
  { headers, body }: Request,
  { limitBytes, deadline }: { limitBytes: number; deadline: AbortSignal },
): AsyncGenerator<FormPart, void, void> {
  const reader = new FormReader(body, boundaryOf(headers), limitBytes, deadline);
  try {
    await reader.skipBody();
    for (let parts = 0; await reader.hasPart(); parts += 1) {
      if (parts === MAX_PARTS) throw badForm('', `has more than ${MAX_PARTS} parts`);
      yield { ...(await reader.readHeaders()), body: reader.streamBody() };
      await reader.skipBody();
    }
  } finally {
    await reader.cancel();
  }
}

function boundaryOf(headers: Headers): string {
  const [, quoted, bare] =
    /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(headers.get('content-type') ?? '') ?? [];
  const boundary = quoted ?? bare ?? '';
  if (boundary !== '' && boundary.length <= 70) return boundary;
  throw badForm('', 'is a form whose `Content-Type` names no boundary of 1 to 70 characters');
}

class FormReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #delimiter: Buffer;
  readonly #deadline: AbortSignal;
  #bytesLeft: number;
  /** The first boundary may stand at the very beginning, without the line end that belongs to the others. */
  #held = Buffer.from(LINE_END);
  #isInBody = true;

  constructor(
    body: ReadableStream<Uint8Array> | null,
    boundary: string,
    limitBytes: number,
    deadline: AbortSignal,
  ) {
    this.#reader = (body ?? new Blob().stream()).getReader();
    this.#delimiter = Buffer.from(`${LINE_END}--${boundary}`);
    this.#bytesLeft = limitBytes;
    this.#deadline = deadline;
  }

  async #fill(): Promise<void> {
    const { done, value } = await withDeadline(this.#reader.read(), this.#deadline);
    if (done) throw badForm('', 'is a form that ends before its last boundary');
    this.#bytesLeft -= value.length;
    if (this.#bytesLeft < 0) throw new AppError('PAYLOAD_TOO_LARGE');
    this.#held = Buffer.concat([this.#held, value]);
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  /** Behind a boundary: whether another part follows. */
  async hasPart(): Promise<boolean> {
    while (this.#held.length < 2) await this.#fill();
    return this.#held.subarray(0, 2).toString('latin1') !== '--';
  }

  async readHeaders(): Promise<Omit<FormPart, 'body'>> {
    const end = LINE_END + LINE_END;
    let length = this.#held.indexOf(end);
    while (length === -1 && this.#held.length <= MAX_HEADER_BYTES) {
      await this.#fill();
      length = this.#held.indexOf(end);
    }
    if (length === -1 || length > MAX_HEADER_BYTES)
      throw badForm('', 'has a part with too long headers');
    const [padding = '', ...lines] = this.#take(length).toString().split(LINE_END);
    this.#take(end.length);
    if (padding.trim() !== '') throw badForm('', 'is a form with more on the line of a boundary');
    this.#isInBody = true;
    const headers = new Map(
      lines.map((line) => {
        const [, name = '', value = ''] = /^([^:]*):\s*(.*?)\s*$/.exec(line) ?? [];
        return [name.toLowerCase(), value];
      }),
    );
    const { name, filename } = readDisposition(headers.get('content-disposition') ?? '');
    if (name === undefined) throw badForm('', 'has a part without a name');
    return { name, filename: filename ?? null, mimetype: headers.get('content-type') ?? null };
  }

  /** The next bytes of the part's body; null at its end, whose boundary is then taken. */
  async #readBody(): Promise<Uint8Array | null> {
    const { length } = this.#delimiter;
    while (this.#isInBody) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at > 0) return this.#take(at);
      if (at === 0) {
        this.#take(length);
        this.#isInBody = false;
      } else if (this.#held.length >= length) return this.#take(this.#held.length - length + 1);
      else await this.#fill();
    }
    return null;
  }

  streamBody(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        pull: async (controller) => {
          const bytes = await this.#readBody();
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async skipBody(): Promise<void> {
    while ((await this.#readBody()) !== null);
  }

  async cancel(): Promise<void> {
    // The stream may already have failed; there is nothing more to give up then.
    await this.#reader.cancel().catch(() => undefined);
  }
}

function readDisposition(header: string): Partial<Record<string, string>> {
  try {
    return parse(header, { multipart: true }).parameters;
  } catch {
    return {}; // Not a header that can be read: the part has no name.
  }
}

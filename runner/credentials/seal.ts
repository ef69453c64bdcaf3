import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { release } from './release.ts';

/** What a bundle belongs to. It opens under exactly these, and no others. */
export type SealFacts = {
  /** How it is sealed: CREDENTIALS_SEAL of the runner that did. */
  seal: number;
  workspaceId: string;
  sessionId: string;
  version: number;
  epoch: number;
};

const SALT_BYTES = 32;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
export const FRAME_BYTES = 64 * 1_024;
const CIPHER = 'aes-256-gcm';

/** Bytes of the sealed form of `plainBytes`. */
export function sealedSize(plainBytes: number): number {
  const frames = Math.max(1, Math.ceil(plainBytes / FRAME_BYTES));
  return SALT_BYTES + plainBytes + frames * TAG_BYTES;
}

/**
 * Seals a stream: a random salt, then frames of 64 KiB, each encrypted and authenticated by AES-256-GCM under a key that is
 * derived from the data key and the salt for this bundle alone, so that a frame's number can be its nonce. Each frame is
 * bound to the facts, its place, and whether it is the last. Of `source` and of what comes out, a chunk is good until the
 * next one is asked for.
 */
export async function* seal(
  source: AsyncIterable<Uint8Array>,
  dataKey: Uint8Array,
  facts: SealFacts,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const key = bundleKey(dataKey, salt);
  yield salt;
  let index = 0;
  for await (const { bytes, isLast } of regroup(source, FRAME_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonce(index));
    cipher.setAAD(bound(facts, index, isLast));
    const sealed = cipher.update(bytes);
    cipher.final();
    yield sealed;
    release(sealed);
    yield cipher.getAuthTag();
    index += 1;
  }
}

/**
 * Opens what `seal` made; each frame is handed on only after it has proven itself, and is good until the next is asked for.
 * @throws SealError when anything was changed, cut off, reordered, or sealed for something else
 */
export async function* open(
  source: AsyncIterable<Uint8Array>,
  dataKey: Uint8Array,
  facts: SealFacts,
): AsyncGenerator<Buffer> {
  const [salt, frames] = await splitOff(source, SALT_BYTES);
  const key = bundleKey(dataKey, salt);
  let index = 0;
  for await (const { bytes, isLast } of regroup(frames, FRAME_BYTES + TAG_BYTES)) {
    const plain = openFrame(bytes, { key, facts, index, isLast });
    yield plain;
    release(plain);
    index += 1;
  }
}

export class SealError extends Error {
  constructor(detail: string) {
    super(`the bundle does not open: ${detail}`);
    this.name = 'SealError';
  }
}

function openFrame(
  frame: Buffer,
  given: { key: Buffer; facts: SealFacts; index: number; isLast: boolean },
): Buffer {
  if (frame.length < TAG_BYTES) throw new SealError('it is cut off');
  const { key, facts, index, isLast } = given;
  const decipher = createDecipheriv(CIPHER, key, nonce(index), { authTagLength: TAG_BYTES });
  decipher.setAAD(bound(facts, index, isLast));
  decipher.setAuthTag(frame.subarray(frame.length - TAG_BYTES));
  const plain = decipher.update(frame.subarray(0, frame.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw new SealError(`frame ${index} is not what was sealed`);
  }
  return plain;
}

const bundleKey = (dataKey: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', dataKey, salt, 'waypost credentials bundle', 32));

function nonce(index: number): Buffer {
  const bytes = Buffer.alloc(NONCE_BYTES);
  bytes.writeUIntBE(index, NONCE_BYTES - 6, 6);
  return bytes;
}

function bound(facts: SealFacts, index: number, isLast: boolean): Buffer {
  const { seal: sealedAs, workspaceId, sessionId, version, epoch } = facts;
  return Buffer.from(
    JSON.stringify([sealedAs, workspaceId, sessionId, version, epoch, index, isLast]),
  );
}

/**
 * The same bytes in pieces of `size`; the last may be shorter, and is there even when it is empty. All stand in one buffer,
 * one after the other.
 */
async function* regroup(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  const piece = Buffer.alloc(size);
  let held = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length;) {
      // A full piece is held back until more comes, since it might be the last.
      if (held === size) {
        yield { bytes: piece, isLast: false };
        held = 0;
      }
      const part = chunk.subarray(from, from + size - held);
      piece.set(part, held);
      held += part.length;
      from += part.length;
    }
  }
  yield { bytes: piece.subarray(0, held), isLast: true };
}

async function splitOff(
  source: AsyncIterable<Uint8Array>,
  length: number,
): Promise<[Buffer, AsyncIterable<Uint8Array>]> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const { done, value } = await iterator.next();
    if (done === true) throw new SealError('it is cut off');
    head = Buffer.concat([head, value]);
  }
  async function* after(): AsyncGenerator<Uint8Array> {
    try {
      yield head.subarray(length);
      for (;;) {
        const { done, value } = await iterator.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return [head.subarray(0, length), after()];
}

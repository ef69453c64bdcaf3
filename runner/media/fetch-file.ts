import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../shared/errors.ts';

/** Largest file that is handed to WhatsApp Web, in bytes: it goes through Chromium's memory about four times. */
const OUTBOUND_MEDIA_LIMIT = 64 * 1024 * 1024;

export type FetchOptions = { fetch?: typeof fetch; limitBytes?: number; timeoutMs?: number };

/**
 * Fetches an outbound file from our own object storage, by presigned URL, to the runner's disk. Redirects are refused: they
 * could lead anywhere.
 * @returns its size in bytes
 * @throws AppError MEDIA_REJECTED (it will never work) or UNAVAILABLE (it may work later); then nothing is left of the file
 */
export async function fetchFile(
  { url, path }: { url: string; path: string },
  options: FetchOptions = {},
): Promise<number> {
  const doFetch = options.fetch ?? fetch;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const response = await doFetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
    });
    if (response.status === 404 || response.status === 410)
      throw new AppError('MEDIA_REJECTED', 'The file is not in object storage any more.');
    if (!response.ok || response.body === null)
      throw new AppError('UNAVAILABLE', `Object storage answered ${response.status}.`);
    const counted = new SizeCap(options.limitBytes ?? OUTBOUND_MEDIA_LIMIT);
    const target = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.fromWeb(response.body), counted, target);
    return counted.sizeBytes;
  } catch (cause) {
    await rm(path, { force: true });
    if (cause instanceof AppError) throw cause;
    const message = 'The file could not be read from object storage.';
    throw new AppError('UNAVAILABLE', message, undefined, { cause });
  }
}

class SizeCap extends Transform {
  readonly #limit: number;
  sizeBytes = 0;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes <= this.#limit) return done(null, chunk);
    const message = `The file is larger than ${this.#limit} bytes, the most that can be sent.`;
    done(new AppError('MEDIA_REJECTED', message));
  }
}

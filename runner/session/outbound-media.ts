import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import { AppError } from '../../shared/errors.ts';
import type { FilePreparation, PreparedFile } from '../media/prepare-file.ts';

/** Largest file that is handed to WhatsApp Web, in bytes: it goes through Chromium's memory about four times. */
const OUTBOUND_MEDIA_LIMIT = 64 * 1024 * 1024;

export type MediaDownload = (input: {
  url: string;
  directory: string;
  messageId: string;
  content: OutboundContent;
}) => Promise<PreparedFile>;

/**
 * Fetches an outbound file from our own object storage, by presigned URL, to the runner's disk, and makes it into what its
 * message needs. Redirects are refused: they could lead anywhere.
 * @returns the file, which the caller removes
 * @throws AppError MEDIA_REJECTED (it will never work) or UNAVAILABLE (it may work later)
 */
export function createMediaDownload(options: {
  prepare: FilePreparation;
  fetch?: typeof fetch;
  limitBytes?: number;
  timeoutMs?: number;
}): MediaDownload {
  const limit = options.limitBytes ?? OUTBOUND_MEDIA_LIMIT;
  const doFetch = options.fetch ?? fetch;

  return async ({ url, directory, messageId, content }) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `out-${messageId}`);
    try {
      const response = await doFetch(url, {
        redirect: 'error',
        signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
      });
      if (response.status === 404 || response.status === 410)
        throw new AppError('MEDIA_REJECTED', 'The file is not in object storage any more.');
      if (!response.ok || response.body === null)
        throw new AppError('UNAVAILABLE', `Object storage answered ${response.status}.`);
      await pipeline(
        Readable.fromWeb(response.body),
        sizeCap(limit),
        createWriteStream(path, { mode: 0o600 }),
      );
      return await options.prepare(content, path);
    } catch (error) {
      await rm(path, { force: true });
      if (error instanceof AppError) throw error;
      throw new AppError(
        'UNAVAILABLE',
        'The file could not be read from object storage.',
        undefined,
        {
          cause: error,
        },
      );
    }
  };
}

function sizeCap(limit: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= limit) return done(null, chunk);
      done(
        new AppError(
          'MEDIA_REJECTED',
          `The file is larger than ${limit} bytes, the most that can be sent.`,
        ),
      );
    },
  });
}

import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { backoffMs } from '../backoff.ts';
import { sleep, type Clock } from '../clock.ts';
import type { EdgeClient } from '../edge-client/edge-client.ts';
import { EdgeError } from '../edge-client/edge-error.ts';
import type { InboundFile } from '../engine/port.ts';

/** Tries that the edge or object storage answered; while nobody answers, the report cannot go either, so it waits. */
const MAX_TRIES = 5;
const RETRY = { baseMs: 500, maxMs: 15_000 };
const PUT_TIMEOUT_MS = 120_000;

type UploadInput = { sessionId: string; epoch: number; wireId: string; file: InboundFile };
type Uploaded = { mediaId: string; error: null } | { mediaId: null; error: string };
export type MediaUpload = (input: UploadInput, signal: AbortSignal) => Promise<Uploaded | null>;

/**
 * Puts an inbound file into object storage: a slot from the edge, then a presigned PUT. Never rejects: what cannot be
 * stored becomes an `error` beside the message. Null when `signal` aborts.
 */
export function createMediaUpload(options: {
  edge: Pick<EdgeClient, 'mediaSlot'>;
  clock: Clock;
  random: () => number;
  fetch?: typeof fetch;
}): MediaUpload {
  const doFetch = options.fetch ?? fetch;

  async function attempt({ file, ...message }: UploadInput, signal: AbortSignal): Promise<string> {
    const { mediaId, putUrl } = await options.edge.mediaSlot({
      ...message,
      mimetype: file.mimetype,
      filename: file.filename,
      sizeBytes: file.sizeBytes,
      sha256: await sha256Of(file.path),
    });
    await put(putUrl, await openAsBlob(file.path, { type: file.mimetype }), signal);
    return mediaId;
  }

  async function put(url: string, body: Blob, signal: AbortSignal): Promise<void> {
    const late = new AbortController();
    const cancel = options.clock.after(PUT_TIMEOUT_MS, () =>
      late.abort(new Error(`object storage took over ${PUT_TIMEOUT_MS / 1000} s`)),
    );
    try {
      const answer = await doFetch(url, {
        method: 'PUT',
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, late.signal]),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`object storage answered ${answer.status}`);
    } finally {
      cancel();
    }
  }

  return async (input, signal) => {
    let answered = 0;
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        return { mediaId: await attempt(input, signal), error: null };
      } catch (error) {
        const failure = describe(error);
        if (failure.final) return { mediaId: null, error: failure.message };
        if (failure.answered) answered += 1;
        if (answered >= MAX_TRIES) return { mediaId: null, error: failure.message };
      }
      await sleep(options.clock, backoffMs(tries, RETRY, options.random), signal);
    }
    return null;
  };
}

function describe(error: unknown): { final: boolean; answered: boolean; message: string } {
  if (error instanceof EdgeError)
    return {
      final: error.kind === 'refused' && error.status !== 401,
      answered: error.status !== null,
      message: `no place for the file: ${error.message}`,
    };
  const message = error instanceof Error ? error.message : String(error);
  const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (gone) return { final: true, answered: true, message: 'the file was lost on the runner' };
  return { final: false, answered: true, message: `the file could not be stored: ${message}` };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

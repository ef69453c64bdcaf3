import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { release } from './release.ts';

/** Storage that sends or takes nothing for this long is out of reach. */
const SILENCE_MS = 30_000;

/** `status` is what object storage answered; null when it did not. */
export class TransferError extends Error {
  readonly status: number | null;

  constructor(status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransferError';
    this.status = status;
  }
}

/**
 * PUTs a stream of known length; `fetch` would send it in chunks, which presigned URLs do not take. A chunk is done with when
 * the next one is asked for.
 */
export async function putStream(
  url: string,
  source: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const request = start(url, 'PUT', signal, { 'content-length': sizeBytes });
  const answered = answerOf(request);
  // Storage may refuse before it has read all; its answer says more than the broken pipe.
  const [sent, answer] = await Promise.allSettled([sendAll(request, source), answered]);
  if (answer.status === 'rejected') throw asTransferError(answer.reason);
  answer.value.resume();
  const { statusCode = 0 } = answer.value;
  if (statusCode < 200 || statusCode > 299)
    throw new TransferError(statusCode, `object storage answered ${statusCode}`);
  if (sent.status === 'rejected') throw asTransferError(sent.reason);
}

/** @throws TransferError when there is no such object, or storage is out of reach */
export async function getStream(url: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
  const request = start(url, 'GET', signal);
  const answered = answerOf(request);
  request.end();
  try {
    const answer = await answered;
    const { statusCode = 0 } = answer;
    if (statusCode === 200) return bodyOf(answer);
    answer.resume();
    throw new TransferError(statusCode, `object storage answered ${statusCode}`);
  } catch (error) {
    throw asTransferError(error);
  }
}

function start(
  url: string,
  method: string,
  signal: AbortSignal,
  headers: Record<string, number> = {},
) {
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = ask(url, { method, headers, signal, timeout: SILENCE_MS });
  request.on('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS} ms`)));
  return request;
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
}

async function sendAll(request: ClientRequest, source: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of source) await write(request, chunk);
    request.end();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

const write = (request: ClientRequest, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    // A request that is destroyed meanwhile may never call back.
    const onClose = (): void => reject(new Error('the connection was closed'));
    request.once('close', onClose);
    request.write(chunk, (error) => {
      request.off('close', onClose);
      if (error == null) resolve();
      else reject(error);
    });
  });

/** Chunks as they came, each good until the next is asked for; iterating the stream itself would join and copy them. */
async function* bodyOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  const arrived: Buffer[] = [];
  const state: { end: 'open' | 'whole' | Error; wake: () => void } = {
    end: 'open',
    wake: () => undefined,
  };
  answer.on('data', (chunk: Buffer) => {
    arrived.push(chunk);
    answer.pause();
    state.wake();
  });
  const endsAs = (how: 'whole' | Error): void => {
    if (state.end === 'open') state.end = how;
    state.wake();
  };
  answer.once('end', () => endsAs('whole'));
  answer.once('error', endsAs);
  answer.once('close', () => endsAs(new Error('the connection was closed')));
  try {
    for (;;) {
      const chunk = arrived.shift();
      if (chunk !== undefined) {
        yield chunk;
        release(chunk);
        continue;
      }
      if (state.end === 'whole') return;
      if (state.end !== 'open') throw asTransferError(state.end);
      const more = new Promise<void>((resolve) => {
        state.wake = resolve;
      });
      answer.resume();
      await more;
    }
  } finally {
    answer.destroy();
  }
}

function asTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new TransferError(null, `object storage is out of reach: ${detail}`, { cause: error });
}

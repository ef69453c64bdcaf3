import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { finished } from 'node:stream/promises';
import { reasonOf } from '../log.ts';
import type { Message } from './message.ts';
import { signDelivery } from './signature.ts';

/** What came of one delivery attempt. */
export type AttemptResult =
  | { kind: 'response'; status: number; retryAfter: string | undefined }
  | { kind: 'error'; message: string };

/** QStash's own. */
const TIMEOUT_MS = 120_000;

/** Headers of a delivery: the forwarded ones, then QStash's own, signed now. */
export function deliveryHeaders(
  message: Message,
  signingKey: string,
  nowMs: number,
): OutgoingHttpHeaders {
  const { spec, body } = message;
  return {
    ...spec.header,
    'user-agent': 'Upstash-QStash',
    'upstash-message-id': message.id,
    'upstash-retried': String(message.retried),
    'upstash-caller-ip': '127.0.0.1',
    'upstash-signature': signDelivery({ key: signingKey, url: spec.url, body, nowMs }),
    'content-length': body.length,
  };
}

/**
 * Sends the message once. Redirects are not followed. Each attempt has a connection of its own, so that
 * one the receiver has just closed is never taken for a failure of the receiver.
 * @param signal aborts the attempt, as does the time limit; the result is then an error
 */
export async function attemptDelivery(
  message: Message,
  signingKey: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { spec } = message;
  try {
    const url = new URL(spec.url);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(url, {
        method: 'POST',
        headers: deliveryHeaders(message, signingKey, nowMs),
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end(message.body);
    });
    await finished(response.resume());
    return {
      kind: 'response',
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
    };
  } catch (error) {
    return {
      kind: 'error',
      message: reasonOf(error instanceof Error ? (error.cause ?? error) : error),
    };
  }
}

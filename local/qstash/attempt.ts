import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HeaderMap, Message } from './message.ts';
import { signDelivery } from './signature.ts';

/** What came of one delivery attempt. */
export type AttemptResult =
  | { kind: 'response'; status: number; header: HeaderMap; body: Buffer }
  | { kind: 'error'; message: string };

/** A response is kept for callbacks and dead letters only up to this size. */
const RESPONSE_LIMIT_BYTES = 1024 * 1024;

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

async function readResponse(response: IncomingMessage): Promise<AttemptResult> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk).subarray(0, RESPONSE_LIMIT_BYTES - length);
    chunks.push(bytes);
    length += bytes.length;
    if (length >= RESPONSE_LIMIT_BYTES) break;
  }
  const header: HeaderMap = {};
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    if (values !== undefined) header[name] = values;
  }
  return {
    kind: 'response',
    status: response.statusCode ?? 0,
    header,
    body: Buffer.concat(chunks),
  };
}

/**
 * Sends the message once. Redirects are not followed. Each attempt has a connection of its own, so that
 * one the receiver has just closed is never taken for a failure of the receiver.
 * @param signal aborts the attempt, as does the message's own timeout; the result is then an error
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
        method: spec.method,
        headers: deliveryHeaders(message, signingKey, nowMs),
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)]),
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end(message.body);
    });
    return await readResponse(response);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: 'error', message: cause instanceof Error ? cause.message : String(cause) };
  }
}

import { judgeSignatures } from './signatures.ts';
import type { SignatureVerdicts } from './signatures.ts';
import type { RecordedRequest } from './store.ts';

/** A request as the API gives it. */
export type RequestView = {
  id: number;
  receivedAt: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Instead of `body` when the bytes are not UTF-8. */
  bodyBase64?: string;
  /** What the body's `type` or `event` says, when it is JSON. */
  eventType: string | null;
  status: number;
  signature: SignatureVerdicts;
};

/** The body as JSON; undefined when it is not. */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function eventTypeOf(text: string): string | null {
  const body = parseJsonBody(text);
  if (typeof body !== 'object' || body === null) return null;
  for (const value of ['type' in body && body.type, 'event' in body && body.event]) {
    if (typeof value === 'string') return value;
  }
  return null;
}

export function viewRequest(request: RecordedRequest, secret: string | null): RequestView {
  const { id, method, path, headers, status } = request;
  const bytes = Buffer.from(request.body);
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  return {
    id,
    receivedAt: new Date(request.received_at).toISOString(),
    method,
    path,
    headers,
    ...(isText ? { body: text } : { bodyBase64: bytes.toString('base64') }),
    eventType: isText ? eventTypeOf(text) : null,
    status,
    signature: judgeSignatures({ headers, body: bytes, receivedAt: request.received_at }, secret),
  };
}

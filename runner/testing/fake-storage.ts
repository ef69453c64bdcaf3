import type { IncomingMessage } from 'node:http';

/** Object storage behind presigned URLs: `/storage/<name>`. */
export function answerStorage(
  stored: Map<string, Buffer>,
  down: boolean,
  method: string | undefined,
  url: URL,
  bytes: Buffer,
): { status: number; body: unknown } {
  const name = url.pathname.replace('/storage/', '');
  if (down) return { status: 503, body: {} };
  if (method === 'PUT') {
    stored.set(name, bytes);
    return { status: 200, body: {} };
  }
  const found = stored.get(name);
  return found === undefined ? { status: 404, body: {} } : { status: 200, body: found };
}

export function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return headers;
}

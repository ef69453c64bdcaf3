import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Log, reasonOf } from './log.ts';
import type { RunningService } from './service-process.ts';

/** A refusal with its HTTP status; the message tells the caller what to do. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
  }
}

/**
 * Reads a whole request body.
 * @throws HttpError 413 when it is longer than `limitBytes`.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not destroy the request: its connection still has to carry the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limitBytes) {
      throw new HttpError(413, `The body is larger than ${limitBytes} bytes; send less.`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Parses JSON text. @throws HttpError 400 when it is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new HttpError(400, `The body is not JSON: ${String(error)}`);
  }
}

/** Answers with JSON, or with no body when `value` is undefined. */
export function sendJson(response: ServerResponse, status: number, value?: unknown): void {
  if (value === undefined) {
    response.writeHead(status).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(value));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body);
}

/** Answers with a page of ours; it is never kept, and says nothing to where its links go. */
export function sendHtml(
  response: ServerResponse,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...headers,
  });
  response.end(body);
}

/** The URL that was asked for. @throws HttpError 400 when it is none */
export function urlOf(request: IncomingMessage): URL {
  const target = `http://${request.headers.host ?? '127.0.0.1'}${request.url ?? '/'}`;
  if (!URL.canParse(target)) throw new HttpError(400, 'The request target is not valid.');
  return new URL(target);
}

/**
 * Refuses what a web site sends or would read by pointing its own name at this machine.
 * @throws HttpError 403 for another host name, and for an Origin that is not this server's own
 */
export function refuseForeignSites({ headers: { origin } }: IncomingMessage, url: URL): void {
  const isOurs = ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (isOurs && (origin === undefined || origin === url.origin)) return;
  throw new HttpError(403, 'Use http://127.0.0.1:<port>/; pages of other sites are refused.');
}

/** Listens on 127.0.0.1; port 0 takes a free one. Resolves to the base URL without a slash. */
export async function listenOnLoopback(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

/** Stops listening; requests still open after `graceMs` are cut. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection whose last request ends from here on is kept alive by Node until someone closes it.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

/** How long open requests may go on after a service was told to close. */
const CLOSE_GRACE_MS = 2_000;

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
type Refuse = (response: ServerResponse, error: HttpError) => void;

const refuseAsJson: Refuse = (response, { status, message }) =>
  sendJson(response, status, { error: message });

/**
 * Serves on 127.0.0.1 until closed; port 0 takes a free one. What `handle` throws is answered by `refuse`, as
 * `{"error": "…"}` unless a protocol words it otherwise; what is no HttpError is logged, and answered as a bare 500.
 * @param release frees what the service holds, also when it cannot listen. `closed` resolves when no request is open any more.
 */
export async function startServer({
  port,
  log,
  handle,
  refuse = refuseAsJson,
  release = (closed) => closed,
  graceMs = CLOSE_GRACE_MS,
}: {
  port: number;
  log: Log;
  handle: Handle;
  refuse?: Refuse;
  release?: (closed: Promise<void>) => Promise<void>;
  graceMs?: number;
}): Promise<RunningService> {
  const server = createServer((request, response) => {
    const answered = (async () => handle(request, response))();
    answered.catch((error: unknown) => {
      const known = error instanceof HttpError;
      if (!known) log('error', 'request_failed', { reason: reasonOf(error) });
      // A sender that is still writing reads the answer only when it is done.
      request.resume();
      if (response.headersSent) response.destroy();
      else refuse(response, known ? error : new HttpError(500, 'internal error'));
    });
  });
  // Longer than clients keep theirs, or they would write into a connection that is being closed.
  server.keepAliveTimeout = 60_000;
  try {
    const url = await listenOnLoopback(server, port);
    return { url, close: () => release(closeServer(server, graceMs)) };
  } catch (error) {
    await release(Promise.resolve());
    throw error;
  }
}

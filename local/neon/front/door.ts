import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Backend } from '../backend.ts';
import { type Log, reasonOf } from '../../log.ts';
import { type PoolLimits, Pools } from './pools.ts';
import { answerSql, type SqlAnswer } from './sql.ts';
import { targetOf, WireDoor } from './websocket.ts';

/** Neon takes no more either. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export type Door = { port: number; close: () => Promise<void> };

/** Opens Neon's HTTP and WebSocket protocols in front of a backend, on 127.0.0.1. */
export async function openDoor(
  backend: Backend,
  port: number,
  limits: PoolLimits,
  log: Log,
): Promise<Door> {
  const pools = new Pools(limits, log);
  const wire = new WireDoor(targetOf(backend.connectionString), log);
  const toServer = (asked: string): string => aim(asked, backend.connectionString);
  const server = createServer((request, response) => {
    handle(request, pools, toServer).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        log('error', 'sql_failed', { reason: reasonOf(error) });
        send(response, { status: 500, body: { message: 'internal error' } });
      },
    );
  });
  // Longer than clients keep theirs, or they would write into a connection that is being closed.
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => wire.upgrade(request, socket, head));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    close: async () => {
      wire.close();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await pools.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** User, password and database as asked for; host, port and everything else are the server's own. */
export function aim(asked: string, server: string): string {
  const from = new URL(asked);
  const url = new URL(server);
  url.username = from.username;
  url.password = from.password;
  url.pathname = from.pathname;
  const application = from.searchParams.get('application_name');
  if (application !== null) url.searchParams.set('application_name', application);
  return url.href;
}

async function handle(
  request: IncomingMessage,
  pools: Pools,
  toServer: (connectionString: string) => string,
): Promise<SqlAnswer> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (request.method !== 'POST' || path !== '/sql') {
    return { status: 404, body: { message: 'POST /sql, or a WebSocket on /v1 or /v2' } };
  }
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: { message: 'at most 64 MB' } };
  return answerSql(text, request.headers, pools, toServer);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, body }: SqlAnswer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(bytes);
}

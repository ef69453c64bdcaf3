import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as connectTls } from 'node:tls';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { type Log, reasonOf } from '../../log.ts';

/** The server behind the door; `tls` when its URL asks for it. */
export type Target = { host: string; port: number; tls: boolean; verify: boolean };

/** Source: PostgreSQL protocol, `SSLRequest`: length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Reads the parts of a `postgresql://` URL that a raw connection needs. */
export function targetOf(connectionString: string): Target {
  const url = new URL(connectionString);
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  return {
    host: url.hostname,
    port: url.port === '' ? 5432 : Number(url.port),
    tls: mode !== 'disable',
    verify: mode === 'verify-full' || mode === 'verify-ca',
  };
}

/** PostgreSQL's wire protocol in binary frames on `/v1` and `/v2`, passed through byte by byte. */
export class WireDoor {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #target: Target;
  readonly #log: Log;

  constructor(target: Target, log: Log) {
    this.#target = target;
    this.#log = log;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path !== '/v1' && path !== '/v2') {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#passThrough(client).catch((error: unknown) => {
        this.#log('warn', 'wire_connection_broke', { reason: reasonOf(error) });
      });
    });
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async #passThrough(client: WebSocket): Promise<void> {
    const stream = createWebSocketStream(client);
    try {
      const server = await dial(this.#target);
      await pipeline(stream, server, stream).catch(ignoreHangUp);
    } finally {
      // 1011: the server gave up, as Neon's own proxy says it.
      client.close(1011);
      stream.destroy();
    }
  }
}

async function dial({ host, port, tls, verify }: Target): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  if (!tls) return socket;
  socket.write(SSL_REQUEST);
  const [answer]: Buffer[] = await once(socket, 'data');
  if (answer?.toString() !== 'S') throw new Error('the server does not offer TLS');
  const secured = connectTls({ socket, servername: host, rejectUnauthorized: verify });
  await once(secured, 'secureConnect');
  return secured;
}

/** Either side may hang up at any time; that ends the connection and is no fault. */
function ignoreHangUp(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET' && code !== 'EPIPE')
    throw error;
}

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

/** What may stand open before its password was found good. A startup message and SCRAM need well under a kilobyte. */
const STRANGERS = { connections: 20, milliseconds: 5_000, bytes: 32 * 1024 };

/** Source: PostgreSQL protocol, `AuthenticationOk`. No text before it can hold it, since a text ends at its first NUL. */
const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);

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

/**
 * PostgreSQL's wire protocol in binary frames on `/v1` and `/v2`, passed through byte by byte. Who has not signed in yet may
 * take up little: few connections, for seconds.
 */
export class WireDoor {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #target: Target;
  readonly #log: Log;
  #strangers = 0;

  constructor(target: Target, log: Log) {
    this.#target = target;
    this.#log = log;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path !== '/v1' && path !== '/v2') return refuseUpgrade(socket, '404 Not Found');
    if (this.#strangers >= STRANGERS.connections)
      return refuseUpgrade(socket, '503 Service Unavailable');
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#passThrough(client, socket).catch((error: unknown) => {
        this.#log('warn', 'wire_connection_broke', { reason: reasonOf(error) });
      });
    });
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async #passThrough(client: WebSocket, socket: Duplex): Promise<void> {
    const stream = createWebSocketStream(client);
    const signedIn = this.#limitStranger(client, socket);
    try {
      const server = await dial(this.#target);
      onLogin(server, signedIn);
      await pipeline(stream, server, stream).catch(ignoreHangUp);
    } finally {
      // 1011: the server gave up, as Neon's own proxy says it.
      client.close(1011);
      stream.destroy();
    }
  }

  /** Hangs up on a client that takes too long or says too much, until what this returns is called. */
  #limitStranger(client: WebSocket, socket: Duplex): () => void {
    this.#strangers += 1;
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > STRANGERS.bytes) client.terminate();
    };
    const timer = setTimeout(() => client.terminate(), STRANGERS.milliseconds);
    socket.on('data', count);
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.#strangers -= 1;
      clearTimeout(timer);
      socket.off('data', count);
    };
    client.once('close', end);
    return end;
  }
}

/** Answers an upgrade with this status, as `403 Forbidden`, and hangs up. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
}

/** Calls back when the server has let its client in. */
function onLogin(server: Socket, callback: () => void): void {
  let tail = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    const seen = Buffer.concat([tail, chunk]);
    tail = seen.subarray(-AUTHENTICATION_OK.length);
    if (!seen.includes(AUTHENTICATION_OK)) return;
    server.off('data', look);
    callback();
  };
  server.on('data', look);
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

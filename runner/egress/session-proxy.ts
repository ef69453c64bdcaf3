import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { parseAllowList } from '../../shared/egress/allow-list.ts';
import type { SessionProxy } from '../../shared/protocol/leases.ts';
import { describe } from '../engine/describe-error.ts';
import { shouldLogFailure } from '../log-sampling.ts';
import { dialable, type Resolve } from './dialable.ts';
import { basic, openTunnel, parseUpstream } from './upstream-proxy.ts';

const LOG_IN_FIRST =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="session"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
const OPENED = 'HTTP/1.1 200 Connection Established\r\n\r\n';
const NOT_OPENED = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** A proxy on this machine that passes everything on to a session's own. It lets in whoever has its log-in. */
export type LocalProxy = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  username: string;
  password: string;
  /** Why the last connection through the session's proxy failed; null when it did not. */
  problem: () => string | null;
  close: () => Promise<void>;
};

/**
 * Starts a proxy between a session's browser and the proxy that its user named. A browser resolves that name anew for each
 * connection; here it is resolved, judged, and then dialled at the very addresses that were judged.
 * It knows CONNECT only: WhatsApp Web loads nothing without TLS.
 */
export async function startSessionProxy(options: {
  proxy: SessionProxy;
  /** EGRESS_ALLOW. */
  allow: readonly string[];
  resolve: Resolve;
  /** A connection through the session's proxy failed; of failures in a row the 1st, 2nd, 4th, 8th, … */
  onFailed: (detail: string) => void;
}): Promise<LocalProxy> {
  const { resolve, onFailed } = options;
  const allow = parseAllowList(options.allow);
  const upstream = parseUpstream(options.proxy);
  const logIn = { username: secret(), password: secret() };
  const authorization = basic(logIn);
  const clients = new Set<Duplex>();
  let problem: string | null = null;
  let failures = 0;

  async function tunnelTo(target: string, client: Duplex): Promise<Duplex | null> {
    const gone = new AbortController();
    client.once('close', () => gone.abort());
    try {
      const addresses = await dialable(upstream.place, allow, resolve);
      const tunnel = await openTunnel(upstream, addresses, target, gone.signal);
      problem = null;
      failures = 0;
      return tunnel;
    } catch (error) {
      if (gone.signal.aborted) return null;
      problem = describe(error);
      failures += 1;
      if (shouldLogFailure(failures)) onFailed(problem);
      return null;
    }
  }

  async function serve(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    if (!isSame(request.headers['proxy-authorization'] ?? '', authorization))
      return void client.end(LOG_IN_FIRST);
    const tunnel = await tunnelTo(request.url ?? '', client);
    if (tunnel === null) return void client.end(NOT_OPENED);
    client.write(OPENED);
    if (head.length > 0) client.unshift(head);
    join(client, tunnel);
  }

  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    void serve(request, client, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ...logIn,
    problem: () => problem,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
        for (const client of clients) client.destroy();
      }),
  };
}

/** Passes on both ways until either side has ended. */
function join(client: Duplex, tunnel: Duplex): void {
  client.pipe(tunnel);
  tunnel.pipe(client);
  client.on('close', () => tunnel.destroy());
  tunnel.on('error', () => client.destroy());
  // What it still sends is read and dropped: a paused client would never notice that its connection is over.
  tunnel.on('close', () => client.resume().end());
}

const secret = (): string => randomBytes(24).toString('base64url');

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

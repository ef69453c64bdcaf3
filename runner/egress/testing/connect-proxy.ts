import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type ConnectProxy = {
  url: string;
  port: number;
  /** Places that were asked for, `host:port`, with the log-in that came along. */
  asked: { place: string; authorization: string | null }[];
  close: () => Promise<void>;
};

/**
 * A proxy that knows CONNECT and wants a log-in. It connects every place to `targetPort` on this machine, since the real
 * WhatsApp is not meant.
 */
export async function startConnectProxy(options: {
  targetPort: number;
  username: string;
  password: string;
  /** Speaks TLS to its clients. */
  tls?: { key: string; cert: string };
}): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const wanted = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on('request', (_request, response) => response.writeHead(405).end());
  // The server forgets a connection that became a tunnel.
  const tunnels = new Set<Duplex>();
  server.on('connect', (request, client) => {
    tunnels.add(client);
    const authorization = request.headers['proxy-authorization'] ?? null;
    asked.push({ place: request.url ?? '', authorization });
    client.on('error', () => client.destroy());
    if (authorization !== wanted) {
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    const target = connect(options.targetPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(client);
      client.pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const tunnel of tunnels) tunnel.destroy();
      }),
  };
}

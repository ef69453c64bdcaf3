import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startConnectProxy } from '../engine/wwebjs/testing/connect-proxy.ts';
import { startSessionProxy, type LocalProxy } from './session-proxy.ts';
import { startSocksServer } from './testing/socks-server.ts';

const LOG_IN = { username: 'customer', password: 'hunter:2 €' };

const ends: (() => unknown)[] = [];
let target: Server;
let targetPort: number;
beforeEach(async () => {
  target = createServer((_request, response) => response.end('the world'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  // A server that listens on a TCP port has such an address.
  ({ port: targetPort } = target.address() as AddressInfo);
  ends.push(
    () => target.closeAllConnections(),
    () => target.close(),
  );
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Status of a CONNECT, and what the tunnel's end answers to a GET. */
function through(
  proxy: LocalProxy,
  logIn: { username: string; password: string } = proxy,
): Promise<{ status: number; text: string }> {
  const { username, password } = logIn;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return new Promise((resolve, reject) => {
    const connecting = request(proxy.url, {
      method: 'CONNECT',
      path: 'world.test:80',
      headers: { 'proxy-authorization': `Basic ${basic}` },
      agent: false,
    });
    connecting.on('error', reject);
    connecting.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode !== 200) return resolve({ status: statusCode, text: '' });
      socket.once('data', (data: Buffer) => {
        socket.destroy();
        resolve({ status: statusCode, text: data.toString() });
      });
      socket.write('GET / HTTP/1.1\r\nhost: world.test\r\n\r\n');
    });
    connecting.end();
  });
}

const UPSTREAMS = {
  http: async () => {
    const upstream = await startConnectProxy({ targetPort, ...LOG_IN });
    ends.push(upstream.close);
    const { port } = new URL(upstream.url);
    return { url: `http://proxy.test:${port}`, ...LOG_IN };
  },
  socks5: async () => {
    const upstream = await startSocksServer(targetPort);
    ends.push(upstream.close);
    return { url: `socks5://proxy.test:${upstream.port}` };
  },
};

describe.each(Object.entries(UPSTREAMS))('an %s proxy', (_, start) => {
  let address: string | null;
  let refused: string[];
  let proxy: LocalProxy;
  beforeEach(async () => {
    address = '127.0.0.1';
    refused = [];
    proxy = await startSessionProxy({
      proxy: await start(),
      allow: ['127.0.0.1/32'],
      onRefused: (detail) => refused.push(detail),
      resolve: async () => {
        if (address === null) throw new Error('SERVFAIL');
        return [{ address, family: 4 }];
      },
    });
    ends.push(proxy.close);
  });

  it('is dialled where its name was judged', async () => {
    const { status, text } = await through(proxy);
    expect(status).toBe(200);
    expect(text).toContain('the world');
  });

  it('is refused once its name moves to a private address', async () => {
    await through(proxy);
    address = '127.0.0.2';
    expect(await through(proxy)).toEqual({ status: 502, text: '' });
    expect(refused).toEqual([expect.stringContaining('loopback')]);
  });

  it('is not reached while its name does not resolve', async () => {
    address = null;
    expect(await through(proxy)).toEqual({ status: 502, text: '' });
  });

  it('lets nobody in without the log-in of its session', async () => {
    expect(await through(proxy, { username: 'a', password: 'b' })).toMatchObject({ status: 407 });
  });
});

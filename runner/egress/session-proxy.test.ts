import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionProxy } from '../../shared/protocol/leases.ts';
import { startSessionProxy, type LocalProxy } from './session-proxy.ts';
import { startConnectProxy } from './testing/connect-proxy.ts';
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

/** A certificate that this process trusts until the test has ended. */
async function trustedCertificate(name = 'proxy.test'): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, cert]);
  ends.push(() => setDefaultCACertificates(trusted));
  return { key, cert };
}

async function startHttp(tls?: { key: string; cert: string }): Promise<SessionProxy> {
  const upstream = await startConnectProxy({ targetPort, ...LOG_IN, ...(tls && { tls }) });
  ends.push(upstream.close);
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://proxy.test:${upstream.port}`, ...LOG_IN };
}

async function startSocks(options: {
  host?: string;
  logIn?: typeof LOG_IN;
}): Promise<SessionProxy> {
  const upstream = await startSocksServer({ targetPort, ...options });
  ends.push(upstream.close);
  return { url: `socks5://proxy.test:${upstream.port}`, ...options.logIn };
}

type Row = { what: string; address: string; start: () => Promise<SessionProxy> };
const UPSTREAMS: Row[] = [
  { what: 'HTTP', address: '127.0.0.1', start: () => startHttp() },
  {
    what: 'HTTPS',
    address: '127.0.0.1',
    start: async () => startHttp(await trustedCertificate()),
  },
  { what: 'SOCKS', address: '127.0.0.1', start: () => startSocks({}) },
  {
    what: 'SOCKS, with a log-in',
    address: '127.0.0.1',
    start: () => startSocks({ logIn: LOG_IN }),
  },
  {
    what: 'SOCKS, at an IPv6 address alone',
    address: '::1',
    start: () => startSocks({ host: '::1' }),
  },
];

let address: string | null;
let failed: string[];
async function open(proxy: SessionProxy): Promise<LocalProxy> {
  const local = await startSessionProxy({
    proxy,
    allow: ['127.0.0.1/32', '::1/128'],
    onFailed: (detail) => failed.push(detail),
    resolve: async () => {
      if (address === null) throw new Error('SERVFAIL');
      return [{ address, family: address.includes(':') ? 6 : 4 }];
    },
  });
  ends.push(local.close);
  return local;
}

beforeEach(() => {
  address = '127.0.0.1';
  failed = [];
});

const REFUSED = { status: 502, text: '' };

describe.each(UPSTREAMS)('a proxy that speaks $what', ({ address: own, start }) => {
  let proxy: LocalProxy;
  beforeEach(async () => {
    address = own;
    proxy = await open(await start());
  });

  it('is dialled where its name was judged', async () => {
    const { status, text } = await through(proxy);
    expect(status).toBe(200);
    expect(text).toContain('the world');
    expect(proxy.problem()).toBeNull();
  });

  it('is refused once its name moves to a private address, and good again when it is back', async () => {
    address = '127.0.0.2';
    expect(await through(proxy)).toEqual(REFUSED);
    expect(failed).toEqual(['proxy.test has a loopback address, which EGRESS_ALLOW does not name']);
    expect(proxy.problem()).toBe(failed[0]);
    address = own;
    expect(await through(proxy)).toMatchObject({ status: 200 });
    expect(proxy.problem()).toBeNull();
  });

  it('is not reached while its name does not resolve', async () => {
    address = null;
    expect(await through(proxy)).toEqual(REFUSED);
    expect(failed).toEqual(['proxy.test does not resolve: SERVFAIL']);
  });

  it('lets nobody in without the log-in of its session', async () => {
    expect(await through(proxy, { username: 'a', password: 'b' })).toMatchObject({ status: 407 });
    expect(failed).toEqual([]);
  });
});

describe('why a proxy cannot be used', () => {
  const wrong = async (proxy: Promise<SessionProxy>) => ({ ...(await proxy), password: 'wrong' });

  it.each<{ what: string; start: () => Promise<SessionProxy>; why: RegExp }>([
    {
      what: 'an HTTP proxy that refuses the log-in',
      start: () => wrong(startHttp()),
      why: /refuses the login \(407\)/,
    },
    {
      what: 'a SOCKS proxy that refuses the log-in',
      start: () => wrong(startSocks({ logIn: LOG_IN })),
      why: /Authentication failed/,
    },
    {
      what: 'an HTTPS proxy whose certificate nobody vouches for',
      start: async () => {
        const { private: key, cert } = await generate(undefined, { keyType: 'ec' });
        return startHttp({ key, cert });
      },
      why: /certificate/,
    },
    {
      what: 'an HTTPS proxy whose certificate is for another name',
      start: async () => startHttp(await trustedCertificate('other.test')),
      why: /altnames/,
    },
    {
      what: 'one that nobody listens at',
      start: async () => {
        const proxy = await startHttp();
        await ends.pop()?.();
        return proxy;
      },
      why: /ECONNREFUSED/,
    },
    {
      what: 'one that is no proxy',
      start: async () => ({ url: `http://proxy.test:${targetPort}` }),
      why: /it answers \d+|socket hang up/,
    },
  ])('is said of $what', async ({ start, why }) => {
    const proxy = await open(await start());
    expect(await through(proxy)).toEqual(REFUSED);
    expect(proxy.problem()).toMatch(why);
    expect(failed).toEqual([proxy.problem()]);
  });

  it('is said of the 1st, 2nd, 4th, … failure in a row', async () => {
    const proxy = await open(await startHttp());
    address = null;
    for (let time = 0; time < 7; time += 1) await through(proxy);
    expect(failed).toHaveLength(3);
  });
});

import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { SocksClient } from 'socks';
import type { SessionProxy } from '../../shared/protocol/leases.ts';
import { withDeadline } from '../deadline.ts';

/** A browser's, where the URL names none. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'socks5:': 1080 };
const OPEN_MS = 20_000;

/** The proxy that a session's user named. */
export type UpstreamProxy = {
  protocol: string;
  /** `http://host:port`, whatever it speaks. */
  place: URL;
  /** A name, or an address without brackets. */
  host: string;
  port: number;
  logIn: LogIn | null;
};

type LogIn = { username: string; password: string };

export function parseUpstream({ url, username, password = '' }: SessionProxy): UpstreamProxy {
  const { protocol, hostname, port: given } = new URL(url);
  const port = given === '' ? (DEFAULT_PORTS[protocol] ?? 80) : Number(given);
  return {
    protocol,
    place: new URL(`http://${hostname}:${port}`),
    host: bare(hostname),
    port,
    logIn: username === undefined ? null : { username, password },
  };
}

/**
 * Opens a connection to `target` (`host:port`) through a proxy that is at one of `addresses`.
 * @param signal ends it, before it is open and after
 * @throws Error that says why there is none, in words for the proxy's owner
 */
export async function openTunnel(
  proxy: UpstreamProxy,
  addresses: LookupAddress[],
  target: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, port } = proxy;
  const socket = connect({ host, port, signal, lookup: always(addresses) });
  // Each step below listens for itself; between two of them nobody would.
  socket.on('error', () => socket.destroy());
  try {
    return await withDeadline(open(proxy, socket, target), OPEN_MS, 'the connection to it');
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function open(proxy: UpstreamProxy, socket: Socket, target: string): Promise<Duplex> {
  await once(socket, 'connect');
  switch (proxy.protocol) {
    case 'socks5:':
      return throughSocks(proxy, socket, target);
    case 'https:':
      return throughConnect(proxy, await encrypted(proxy, socket), target);
    default:
      return throughConnect(proxy, socket, target);
  }
}

async function encrypted({ host }: UpstreamProxy, socket: Socket): Promise<Duplex> {
  // The certificate is for the name; an address cannot be sent as a server's name.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const stream = connectTls({ socket, host, ...name });
  stream.on('error', () => stream.destroy());
  await once(stream, 'secureConnect');
  return stream;
}

function throughConnect({ logIn }: UpstreamProxy, stream: Duplex, target: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(logIn !== null && { 'proxy-authorization': basic(logIn) }) },
      createConnection: () => stream,
    });
    asking.once('error', reject);
    asking.once('connect', ({ statusCode = 0 }, tunnel, head) => {
      if (statusCode === 407) return reject(new Error('it refuses the login (407)'));
      if (statusCode !== 200) return reject(new Error(`it answers ${statusCode}`));
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    asking.end();
  });
}

async function throughSocks(
  { host, port, logIn }: UpstreamProxy,
  socket: Socket,
  target: string,
): Promise<Duplex> {
  const place = new URL(`connect://${target}`);
  const established = await SocksClient.createConnection({
    command: 'connect',
    proxy: {
      host,
      port,
      type: 5,
      ...(logIn !== null && { userId: logIn.username, password: logIn.password }),
    },
    destination: { host: bare(place.hostname), port: Number(place.port) },
    existing_socket: socket,
  });
  return established.socket;
}

/** The value of an `Authorization` or `Proxy-Authorization` header. */
export function basic({ username, password }: LogIn): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Answers every look-up with these addresses. */
function always(addresses: LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

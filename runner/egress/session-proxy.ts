import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { lookup, LookupAddress, LookupOptions } from 'node:dns';
import { RequestError, Server, type PrepareRequestFunctionResult } from 'proxy-chain';
import { parseAllowList } from '../../shared/egress/allow-list.ts';
import type { SessionProxy } from '../../shared/protocol/leases.ts';
import { dialable, RefusedAddress, type Resolve } from './dialable.ts';

/** A browser's, where the URL names none. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'socks5:': '1080' };
const BAD_GATEWAY = 502;

/** A proxy on this machine that passes everything on to a session's own. It lets in whoever has its log-in. */
export type LocalProxy = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  username: string;
  password: string;
  close: () => Promise<void>;
};

/**
 * Starts a proxy between a session's browser and the proxy that its user named. A browser resolves that name anew for each
 * connection; here it is resolved, judged, and then dialled at the very addresses that were judged.
 */
export async function startSessionProxy(options: {
  proxy: SessionProxy;
  /** EGRESS_ALLOW. */
  allow: readonly string[];
  onRefused: (detail: string) => void;
  resolve: Resolve;
}): Promise<LocalProxy> {
  const { proxy, onRefused, resolve } = options;
  const allow = parseAllowList(options.allow);
  const [username, password] = [secret(), secret()];
  const upstream = upstreamUrl(proxy);
  const port = upstream.port || (DEFAULT_PORTS[upstream.protocol] ?? '80');
  const place = new URL(`http://${upstream.hostname}:${port}`);

  async function upstreamNow(): Promise<PrepareRequestFunctionResult> {
    const addresses = await dialable(place, allow, resolve);
    if (upstream.protocol !== 'socks5:')
      return { upstreamProxyUrl: upstream.href, dnsLookup: pinned(addresses) };
    // The SOCKS client takes no look-up function, and no IPv6 address. No certificate depends on the name.
    const ipv4 = addresses.find(({ family }) => family === 4);
    if (ipv4 === undefined) throw new Error(`${upstream.hostname} has no IPv4 address`);
    const numeric = new URL(upstream);
    numeric.host = `${ipv4.address}:${port}`;
    return { upstreamProxyUrl: numeric.href };
  }

  const server = new Server({
    host: '127.0.0.1',
    port: 0,
    prepareRequestFunction: async (request) => {
      if (!isSame(request.username, username) || !isSame(request.password, password))
        return { requestAuthentication: true };
      try {
        return await upstreamNow();
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        if (error instanceof RefusedAddress) onRefused(detail);
        throw new RequestError('The session’s proxy cannot be reached.', BAD_GATEWAY);
      }
    },
  });
  await server.listen();
  return {
    url: `http://127.0.0.1:${server.port}`,
    username,
    password,
    close: () => server.close(true),
  };
}

/** With its log-in. */
function upstreamUrl({ url, username = '', password = '' }: SessionProxy): URL {
  const upstream = new URL(url);
  upstream.username = encodeURIComponent(username);
  upstream.password = encodeURIComponent(password);
  return upstream;
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Answers every look-up with these addresses. */
function pinned(addresses: LookupAddress[]): typeof lookup {
  const answer = (_host: string, options: LookupOptions, callback: LookupCallback): void => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
  // The library's type asks for all forms of node's look-up; sockets call this one.
  return answer as typeof lookup;
}

const secret = (): string => randomBytes(24).toString('base64url');

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

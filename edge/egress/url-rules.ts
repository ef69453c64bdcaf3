import { literalAddress, specialKind } from '../../shared/egress/addresses.ts';
import { type AllowList, isAllowed, placeOf, portOf } from '../../shared/egress/allow-list.ts';

export type UrlVerdict =
  /** `name` must still be resolved and its addresses judged; null when there is nothing to resolve. */
  | { ok: true; url: URL; via: 'public' | 'private'; name: string | null }
  | { ok: false; reason: string };

const MAX_LENGTH = 2_048;

/** Top-level names that only mean something inside some network. */
const INNER_NAMES = new Set(
  'localhost local localdomain internal intranet private lan home corp flycast arpa onion'.split(
    ' ',
  ),
);

/** Beside the web's own ports, those above 1023 that no well-known service other than the web listens on. */
const WEB_PORTS = new Set([80, 443]);
const SERVICE_PORTS = new Set([
  1080, 1433, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306, 3389, 4369, 5060, 5432,
  5433, 5672, 5900, 5984, 6000, 6379, 6380, 6443, 6667, 7000, 7001, 8500, 9042, 9092, 9160, 9200,
  9300, 10250, 10255, 11211, 15672, 25565, 27017, 27018, 50000, 50070,
]);

const refuse = (reason: string): UrlVerdict => ({ ok: false, reason });

/**
 * Judges a URL that a user named, without I/O. The platform's URL parser is the only one: it turns decimal, octal and hex
 * hosts into dotted ones, so that the address check sees what would be connected to.
 * @param ownHost our own public host, which is no destination
 */
export function judgeUrl(text: string, allow: AllowList, ownHost: string | null): UrlVerdict {
  if (text.length > MAX_LENGTH) return refuse(`the URL is longer than ${MAX_LENGTH} characters`);
  if (!URL.canParse(text)) return refuse('it is not an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse('only https:// and http:// are allowed');
  if (url.username !== '' || url.password !== '')
    return refuse('a URL with a user name or password in it is not allowed');

  const address = literalAddress(url.hostname);
  if (isAllowed(allow, url, address)) return { ok: true, url, via: 'private', name: null };
  if (ownHost !== null && url.hostname === ownHost)
    return refuse('the host is this gateway itself');
  const port = portOf(url);
  if (!WEB_PORTS.has(port) && (port < 1_024 || SERVICE_PORTS.has(port)))
    return refuse(`port ${port} is not a web port`);
  if (address !== null) {
    const special = specialKind(address);
    if (special !== null) return refuse(`the address is not public (${special})${howToAllow(url)}`);
    return { ok: true, url, via: 'public', name: null };
  }
  if (url.hostname.endsWith('.')) return refuse('the host name ends in a dot');
  const problem = nameProblem(url.hostname);
  return problem === null
    ? { ok: true, url, via: 'public', name: url.hostname }
    : refuse(`${problem}${howToAllow(url)}`);
}

/** What a refusal of a private host goes on with. */
export const howToAllow = (url: URL): string =>
  `; whoever runs Waypost can allow it: EGRESS_ALLOW=${placeOf(url)}`;

function nameProblem(hostname: string): string | null {
  const labels = hostname.split('.');
  if (labels.length < 2) return 'the host is not a full domain name';
  if (INNER_NAMES.has(labels.at(-1) ?? '')) return 'the host name is one of an internal network';
  return null;
}

import ipaddr from 'ipaddr.js';

/** 2000::/3 is all of IPv6 that is routed to the public; the rest is special in one way or another. */
const PUBLIC_IPV6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** The address that a URL's hostname literally is, v4-mapped ones as IPv4; null for a name. */
export function literalAddress(hostname: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}

/**
 * Null for a public address, else what kind it is. NAT64, 6to4 and Teredo addresses carry an IPv4 address that nobody
 * checked, so that they count as special.
 */
export function specialKind(address: ipaddr.IPv4 | ipaddr.IPv6): string | null {
  const range = address.range();
  if (range !== 'unicast') return range;
  return address instanceof ipaddr.IPv6 && !address.match(...PUBLIC_IPV6) ? 'reserved' : null;
}

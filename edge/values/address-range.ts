import ipaddr from 'ipaddr.js';

/** An IPv4 address in four decimal parts, or an IPv6 address without a zone. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (!text.includes('%') && ipaddr.IPv6.isValid(text));

/** Bits before the IPv4 part of a v4-mapped IPv6 address. */
const MAPPED_BITS = 96;

/**
 * An address or CIDR range in its one spelling: the network's address, `/bits`, v4-mapped as IPv4. Null for what is
 * neither, for a leading zero or a zone, and for a v4-mapped network that is wider than IPv4.
 */
export function normalizeRange(text: string): string | null {
  const [, address = '', bitsText] = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (!isAddress(address)) return null;
  const parsed = ipaddr.parse(address);
  const width = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = bitsText === undefined ? width : Number(bitsText);
  if (bits > width) return null;
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress())
    return bits < MAPPED_BITS ? null : networkOf(parsed.toIPv4Address(), bits - MAPPED_BITS);
  return networkOf(parsed, bits);
}

/** Whether a range holds every address of its kind, so that listing it allows what an empty list does. */
export const isEverywhere = (range: string): boolean => range.endsWith('/0');

function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const family = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(`${address.toString()}/${bits}`).toString()}/${bits}`;
}

/** True when every address of a range is in the other one. Both in their one spelling. */
export function isWithin(inner: string, outer: string): boolean {
  const [address, bits] = ipaddr.parseCIDR(inner);
  const [network, networkBits] = ipaddr.parseCIDR(outer);
  return (
    address.kind() === network.kind() && bits >= networkBits && address.match(network, networkBits)
  );
}

import ipaddr from 'ipaddr.js';
import { callerAddress } from '../http/caller-address.ts';

/** IPv6 addresses are handed out by the /64, so that one client has as many as it likes within it. */
const IPV6_CLIENT_BITS = 64;

/** Whom all requests count as whose address is not known. */
const UNKNOWN = 'unknown';

/** A client's address as it is counted: IPv4 as it is, IPv6 as its /64; null when it is not known. */
export function countedAddress(headers: Headers, trustedHeader: string | undefined): string | null {
  const address = callerAddress(headers, trustedHeader);
  if (address === null || ipaddr.IPv4.isValid(address)) return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/${IPV6_CLIENT_BITS}`).toString();
}

/**
 * What a client is counted by where its address is all that is known. What pages of other sites make its browser send
 * counts apart: otherwise any page could use up what its visitor may do.
 */
export function countedClient(headers: Headers, trustedHeader: string | undefined): string {
  const client = countedAddress(headers, trustedHeader) ?? UNKNOWN;
  return headers.get('sec-fetch-site') === 'cross-site' ? `${client}:cross-site` : client;
}

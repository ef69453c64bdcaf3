import ipaddr from 'ipaddr.js';
import { callerAddress } from '../http/caller-address.ts';

/** IPv6 addresses are handed out by the /64, so that one client has as many as it likes within it. */
const IPV6_CLIENT_BITS = 64;

/** Whom all requests count as whose address is not known. */
const UNKNOWN = 'unknown';

/** What a client is counted by where its address is all that is known: IPv4 as it is, IPv6 as its /64. */
export function countedAddress(headers: Headers, trustedHeader: string | undefined): string {
  const address = callerAddress(headers, trustedHeader);
  if (address === null) return UNKNOWN;
  return ipaddr.IPv4.isValid(address)
    ? address
    : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${IPV6_CLIENT_BITS}`).toString();
}

import ipaddr from 'ipaddr.js';
import { isAddress } from '../values/address-range.ts';

/**
 * The one address that the request came from, v4-mapped ones as IPv4; null when it is not known. It is read only from the
 * header that the proxy in front overwrites: `CLIENT_IP_HEADER`.
 */
export function callerAddress(headers: Headers, trustedHeader: string | undefined): string | null {
  const text = trustedHeader === undefined ? null : headers.get(trustedHeader);
  return text !== null && isAddress(text) ? ipaddr.process(text).toString() : null;
}

import ipaddr from 'ipaddr.js';

/** An IPv4 address in four decimal parts, or an IPv6 address without a zone. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (!text.includes('%') && ipaddr.IPv6.isValid(text));

/**
 * The one address that the request came from, v4-mapped ones as IPv4; null when it is not known. It is read only from the
 * header that the proxy in front overwrites: `CLIENT_IP_HEADER`.
 */
export function callerAddress(headers: Headers, trustedHeader: string | undefined): string | null {
  const text = trustedHeader === undefined ? null : headers.get(trustedHeader);
  return text !== null && isAddress(text) ? ipaddr.process(text).toString() : null;
}

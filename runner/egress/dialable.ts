import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { specialKind } from '../../shared/egress/addresses.ts';
import { isAllowed, type AllowList } from '../../shared/egress/allow-list.ts';

/** All addresses of a host, as the system resolves it. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/** The host has an address that nobody may dial. */
export class RefusedAddress extends Error {
  constructor(host: string, kind: string) {
    super(`${host} has a ${kind} address, which EGRESS_ALLOW does not name`);
    this.name = 'RefusedAddress';
  }
}

/**
 * The addresses that a URL's host has at this moment: what is dialled must be one of them, since the next look-up may answer
 * otherwise. One that is neither public nor named by EGRESS_ALLOW spoils all.
 * @param place a URL with its port
 * @throws RefusedAddress, or the resolver's error: a host that cannot be resolved is not dialled
 */
export async function dialable(
  place: URL,
  allow: AllowList,
  resolve: Resolve,
): Promise<LookupAddress[]> {
  const host = place.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await resolve(host);
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  for (const { address } of addresses) {
    const parsed = ipaddr.process(address.replace(/%.*$/, ''));
    const kind = specialKind(parsed);
    if (kind !== null && !isAllowed(allow, place, parsed)) throw new RefusedAddress(host, kind);
  }
  return addresses;
}

import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { specialKind } from '../../shared/egress/addresses.ts';
import { isAllowed, type AllowList } from '../../shared/egress/allow-list.ts';
import { describe } from '../engine/describe-error.ts';

/** All addresses of a host, as the system resolves it. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/**
 * The addresses that a URL's host has at this moment: what is dialled must be one of them, since the next look-up may answer
 * otherwise. One that is neither public nor named by EGRESS_ALLOW spoils all.
 * @param place a URL with its port
 * @throws Error that says which of them may not be dialled, or that the host does not resolve
 */
export async function dialable(
  place: URL,
  allow: AllowList,
  resolve: Resolve,
): Promise<LookupAddress[]> {
  const host = place.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = await resolve(host).catch((cause: unknown) => {
    throw new Error(`${host} does not resolve: ${describe(cause)}`, { cause });
  });
  if (addresses.length === 0) throw new Error(`${host} does not resolve: it has no address`);
  for (const { address } of addresses) {
    const parsed = ipaddr.process(address.replace(/%.*$/, ''));
    const kind = specialKind(parsed);
    if (kind !== null && !isAllowed(allow, place, parsed))
      throw new Error(`${host} has a ${kind} address, which EGRESS_ALLOW does not name`);
  }
  return addresses;
}

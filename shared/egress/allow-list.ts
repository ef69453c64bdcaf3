import ipaddr from 'ipaddr.js';
import { z } from 'zod';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What a self-hoster lets webhooks and media reach although it is private. */
export type AllowList = { hosts: ReadonlySet<string>; ranges: readonly Range[] };

/** The variable EGRESS_ALLOW: entries as `parseAllowList` reads them, separated by commas. */
export const EgressAllowText = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .superRefine((entries, context) => {
    try {
      parseAllowList(entries);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: 'custom', message });
    }
  });

/**
 * Reads EGRESS_ALLOW. `host:port` names one place, by name or address; a CIDR names addresses written as such in a URL.
 * Names that resolve into a CIDR are not let through: what a name resolves to can change between check and connect.
 * @throws Error naming the entry that is neither
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const ranges: Range[] = [];
  for (const entry of entries) {
    if (entry.includes('/')) {
      if (!ipaddr.isValidCIDR(entry)) throw new Error(`EGRESS_ALLOW: "${entry}" is not a CIDR`);
      ranges.push(ipaddr.parseCIDR(entry));
    } else {
      hosts.add(hostAndPort(entry));
    }
  }
  return { hosts, ranges };
}

function hostAndPort(entry: string): string {
  const url = URL.canParse(`http://${entry}`) ? new URL(`http://${entry}`) : undefined;
  if (url === undefined || url.pathname !== '/' || !/:\d+$/.test(entry))
    throw new Error(`EGRESS_ALLOW: "${entry}" is neither host:port nor a CIDR`);
  return placeOf(url);
}

/** `host:port` of a URL, with the scheme's port when it names none. */
export function placeOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function isAllowed(
  list: AllowList,
  url: URL,
  address: ipaddr.IPv4 | ipaddr.IPv6 | null,
): boolean {
  if (list.hosts.has(placeOf(url))) return true;
  if (address === null) return false;
  return list.ranges.some(
    ([network, bits]) => address.kind() === network.kind() && address.match(network, bits),
  );
}

import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { specialKind } from '../../shared/egress/addresses.ts';

/** RFC 8484's JSON form, as Cloudflare and Google answer it. Only addresses matter here. */
const DnsAnswer = z.object({
  Status: z.number().int(),
  Answer: z.array(z.object({ type: z.number().int(), data: z.string() })).default([]),
});

const RECORD_TYPES = { A: 1, AAAA: 28 } as const;
const NXDOMAIN = 3;
const TIMEOUT_MS = 2_000;

export type NameVerdict =
  | { kind: 'public' }
  | { kind: 'special'; reason: string }
  | { kind: 'unresolved' }
  /** The resolver did not answer: nothing is known, and only the guard at connect time is left. */
  | { kind: 'unknown'; reason: string };

export type DnsConfig = { url: string; fetch: (request: Request) => Promise<Response> };

async function lookUp(
  name: string,
  type: keyof typeof RECORD_TYPES,
  config: DnsConfig,
): Promise<z.infer<typeof DnsAnswer>> {
  const url = new URL(config.url);
  url.searchParams.set('name', name);
  url.searchParams.set('type', type);
  const response = await config.fetch(
    new Request(url, {
      headers: { accept: 'application/dns-json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }),
  );
  if (!response.ok) throw new Error(`the resolver answered ${response.status}`);
  return DnsAnswer.parse(await response.json());
}

/**
 * Judges a name by every A and AAAA record it has: one that is not public spoils all. The connection may still use other
 * addresses than these (a Worker cannot pin them), so that this only refuses early; the binding refuses at connect.
 */
export async function judgeName(name: string, config: DnsConfig): Promise<NameVerdict> {
  let answers: z.infer<typeof DnsAnswer>[];
  try {
    answers = await Promise.all([lookUp(name, 'A', config), lookUp(name, 'AAAA', config)]);
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
  const wanted: readonly number[] = Object.values(RECORD_TYPES);
  const addresses = answers
    .flatMap((answer) => answer.Answer)
    .filter((record) => wanted.includes(record.type) && ipaddr.isValid(record.data))
    .map((record) => ipaddr.process(record.data));
  for (const address of addresses) {
    const special = specialKind(address);
    if (special !== null)
      return {
        kind: 'special',
        reason: `the host name resolves to an address that is not public (${special})`,
      };
  }
  if (addresses.length > 0) return { kind: 'public' };
  const answered = answers.every((answer) => answer.Status === 0 || answer.Status === NXDOMAIN);
  return answered ? { kind: 'unresolved' } : { kind: 'unknown', reason: 'the resolver failed' };
}

import type { Log } from '../log/log.ts';
import type { EdgeEnv } from '../env.ts';
import { parseAllowList } from './allow-list.ts';
import { judgeName } from './dns-over-https.ts';
import type { Egress, EgressRequest, EgressResult } from './port.ts';
import { readCapped, withDeadline } from './read-capped.ts';
import { judgeUrl } from './url-rules.ts';

const DEFAULT_DOH_URL = 'https://cloudflare-dns.com/dns-query';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

type Door =
  | { kind: 'open'; url: URL; binding: Fetcher }
  | { kind: 'blocked'; reason: string }
  | { kind: 'failed'; reason: string };

type EgressEnv = Pick<EdgeEnv, 'BASE_URL' | 'EGRESS' | 'EGRESS_PRIVATE' | 'EGRESS_ALLOW'> & {
  /** Resolver with the JSON form of DNS over HTTPS, asked through EGRESS. */
  DOH_URL?: string | undefined;
};

/**
 * The way out to URLs that users name. Refused before: by the URL's own form, then by its name's addresses over DNS. When
 * DNS cannot be asked the request goes on, since the binding refuses private addresses at connect in any case; it is logged.
 */
export function createEgress(
  env: EgressEnv,
  options: { log?: Log; now?: () => number } = {},
): Egress {
  const { log = () => undefined, now = Date.now } = options;
  const allow = parseAllowList(env.EGRESS_ALLOW);
  const ownHost = new URL(env.BASE_URL).hostname;

  async function door(text: string): Promise<Door> {
    const verdict = judgeUrl(text, allow, ownHost);
    if (!verdict.ok) return { kind: 'blocked', reason: verdict.reason };
    const { url, via, name } = verdict;
    if (via === 'private') {
      return env.EGRESS_PRIVATE === undefined
        ? { kind: 'blocked', reason: 'private addresses cannot be reached from here' }
        : { kind: 'open', url, binding: env.EGRESS_PRIVATE };
    }
    if (name === null) return { kind: 'open', url, binding: env.EGRESS };
    const resolved = await judgeName(name, {
      url: env.DOH_URL ?? DEFAULT_DOH_URL,
      fetch: (request) => env.EGRESS.fetch(request),
    });
    if (resolved.kind === 'special') return { kind: 'blocked', reason: resolved.reason };
    if (resolved.kind === 'unresolved')
      return { kind: 'failed', reason: 'the host name does not resolve' };
    if (resolved.kind === 'unknown')
      log({ event: 'egress_dns_unknown', host: name, reason: resolved.reason });
    return { kind: 'open', url, binding: env.EGRESS };
  }

  async function exchange(request: EgressRequest, deadline: AbortSignal): Promise<Exchange> {
    let target = request.url;
    for (let hop = 0; ; hop += 1) {
      const opened = await door(target);
      if (opened.kind !== 'open') return opened;
      const sameOrigin = opened.url.origin === new URL(request.url).origin;
      const response = await opened.binding.fetch(opened.url.href, {
        method: request.method,
        // A redirect must not carry a caller's headers to another place.
        headers: sameOrigin ? (request.headers ?? {}) : {},
        redirect: 'manual',
        signal: deadline,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const location = response.headers.get('location');
      const follow =
        location !== null &&
        request.method === 'GET' &&
        request.maxRedirects > 0 &&
        REDIRECTS.has(response.status);
      if (!follow) {
        const read = await readCapped(response, request.maxBytes, deadline);
        return { kind: 'answered', status: response.status, headers: response.headers, ...read };
      }
      await response.body?.cancel();
      if (hop === request.maxRedirects) return { kind: 'failed', reason: 'too many redirects' };
      if (!URL.canParse(location, opened.url.href))
        return { kind: 'failed', reason: 'a redirect without a usable Location' };
      target = new URL(location, opened.url.href).href;
    }
  }

  return {
    async check(url) {
      const opened = await door(url);
      return opened.kind === 'open' ? null : opened.reason;
    },
    async fetch(request) {
      const startedAt = now();
      const deadline = AbortSignal.timeout(request.timeoutMs);
      try {
        const result = await withDeadline(exchange(request, deadline), deadline);
        if (result.kind === 'blocked') return result;
        return { ...result, durationMs: now() - startedAt };
      } catch (error) {
        const reason = deadline.aborted
          ? `no complete answer within ${request.timeoutMs} ms`
          : 'the connection failed';
        const detail = error instanceof Error ? error.message : String(error);
        log({ event: 'egress_failed', host: new URL(request.url).hostname, reason, detail });
        return { kind: 'failed', reason, durationMs: now() - startedAt };
      }
    },
  };
}

type WithoutDuration<Result> = Result extends unknown ? Omit<Result, 'durationMs'> : never;
type Exchange = WithoutDuration<EgressResult>;

import type { Log } from '../log/log.ts';
import type { EdgeEnv } from '../env.ts';
import { parseAllowList } from '../../shared/egress/allow-list.ts';
import { judgeName } from './dns-over-https.ts';
import type { Egress, Opened, OpenRequest } from './port.ts';
import { readCapped, withDeadline } from './read-capped.ts';
import { howToAllow, judgeUrl } from './url-rules.ts';

const DEFAULT_DOH_URL = 'https://cloudflare-dns.com/dns-query';

const NAME_IS_GOOD_MS = 5_000;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

type Door =
  /** `name` where DNS has the say, and not the URL itself. */
  | { kind: 'open'; url: URL; binding: Fetcher; name: string | null }
  | { kind: 'blocked'; reason: string }
  | Failed;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url);

type Failed = { kind: 'failed'; reason: string; timedOut?: true };

type EgressEnv = Pick<EdgeEnv, 'BASE_URL' | 'EGRESS' | 'EGRESS_PRIVATE' | 'EGRESS_ALLOW'> & {
  /** Resolver with the JSON form of DNS over HTTPS, asked through EGRESS. */
  DOH_URL?: string | undefined;
};

/**
 * The way out to URLs that users name. Refused before: by the URL's own form, then by its name's addresses over DNS. When
 * DNS cannot be asked the request goes on, since the binding refuses private addresses at connect in any case; it is logged.
 * The binding does not say why a connection failed: the name is asked for again, and blocked if it is private by now.
 */
export function createEgress(
  env: EgressEnv,
  options: { log?: Log; now?: () => number } = {},
): Egress {
  const { log = () => undefined, now = Date.now } = options;
  const allow = parseAllowList(env.EGRESS_ALLOW);
  const ownHost = new URL(env.BASE_URL).hostname;

  /** A batch of webhooks goes to one name, which is asked for once. */
  let judged: { name: string; verdict: ReturnType<typeof judgeName>; at: number } | undefined;
  const judge = (
    name: string,
    askedAfter = now() - NAME_IS_GOOD_MS,
  ): ReturnType<typeof judgeName> => {
    if (judged?.name === name && judged.at > askedAfter) return judged.verdict;
    const verdict = judgeName(name, {
      url: env.DOH_URL ?? DEFAULT_DOH_URL,
      fetch: (request) => env.EGRESS.fetch(request),
    });
    judged = { name, verdict, at: now() };
    return verdict;
  };

  async function door(text: string): Promise<Door> {
    const verdict = judgeUrl(text, allow, ownHost);
    if (!verdict.ok) return { kind: 'blocked', reason: verdict.reason };
    const { url, via, name } = verdict;
    if (via === 'private') {
      return env.EGRESS_PRIVATE === undefined
        ? { kind: 'blocked', reason: 'private addresses cannot be reached from here' }
        : { kind: 'open', url, binding: env.EGRESS_PRIVATE, name: null };
    }
    if (name === null) return { kind: 'open', url, binding: env.EGRESS, name };
    const resolved = await judge(name);
    if (resolved.kind === 'special')
      return { kind: 'blocked', reason: `${resolved.reason}${howToAllow(url)}` };
    if (resolved.kind === 'unresolved')
      return { kind: 'failed', reason: 'the host name does not resolve' };
    if (resolved.kind === 'unknown')
      log({ event: 'egress_dns_unknown', host: name, reason: resolved.reason });
    return { kind: 'open', url, binding: env.EGRESS, name };
  }

  const refused = (url: string, reason: string): { kind: 'blocked'; reason: string } => {
    log({ event: 'ssrf_blocked', host: hostOf(url), reason });
    return { kind: 'blocked', reason };
  };

  /** Goes through an open door. A name that has become private since it was asked for is our refusal, not the receiver's. */
  async function enter(
    { url, binding, name }: Extract<Door, { kind: 'open' }>,
    init: RequestInit,
    deadline: AbortSignal,
  ): Promise<Response | { kind: 'blocked'; reason: string }> {
    const startedAt = now();
    try {
      return await binding.fetch(url.href, { ...init, signal: deadline });
    } catch (error) {
      if (name === null || deadline.aborted) throw error;
      const verdict = await judge(name, startedAt);
      if (verdict.kind !== 'special') throw error;
      return refused(url.href, `${verdict.reason}${howToAllow(url)}`);
    }
  }

  /** Follows redirects up to the answer itself. */
  async function reach(request: OpenRequest, deadline: AbortSignal): Promise<Opened> {
    let target = request.url;
    for (let hop = 0; ; hop += 1) {
      const opened = await door(target);
      if (opened.kind === 'blocked') return refused(target, opened.reason);
      if (opened.kind === 'failed') return opened;
      const init = {
        method: request.method,
        headers: request.headers ?? {},
        redirect: 'manual' as const,
        ...(request.body === undefined ? {} : { body: request.body }),
      };
      const response = await enter(opened, init, deadline);
      if (!(response instanceof Response)) return response;
      const location = response.headers.get('location');
      const follow =
        location !== null &&
        request.method === 'GET' &&
        request.maxRedirects > 0 &&
        REDIRECTS.has(response.status);
      if (!follow) return { kind: 'opened', response, deadline };
      await response.body?.cancel();
      if (hop === request.maxRedirects) return { kind: 'failed', reason: 'too many redirects' };
      if (!URL.canParse(location, opened.url.href))
        return { kind: 'failed', reason: 'a redirect without a usable Location' };
      target = new URL(location, opened.url.href).href;
    }
  }

  /** What `work` came to, or how the network or the deadline ended it. */
  async function guarded<Result>(
    request: OpenRequest,
    work: (deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result | Failed> {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    try {
      return await withDeadline(work(deadline), deadline);
    } catch (error) {
      const reason = deadline.aborted
        ? `no complete answer within ${request.timeoutMs} ms`
        : 'the connection failed';
      const detail = error instanceof Error ? error.message : String(error);
      log({ event: 'egress_failed', host: new URL(request.url).hostname, reason, detail });
      return { kind: 'failed', reason, ...(deadline.aborted && { timedOut: true }) };
    }
  }

  return {
    async check(url) {
      const opened = await door(url);
      return opened.kind === 'open' ? null : opened.reason;
    },
    open: (request) => guarded(request, (deadline) => reach(request, deadline)),
    async fetch(request) {
      const startedAt = now();
      const result = await guarded(request, async (deadline) => {
        const opened = await reach(request, deadline);
        if (opened.kind !== 'opened') return opened;
        const { status, headers } = opened.response;
        const read = await readCapped(opened.response, request.maxBytes, deadline);
        return { kind: 'answered' as const, status, headers, ...read };
      });
      return result.kind === 'blocked' ? result : { ...result, durationMs: now() - startedAt };
    },
  };
}

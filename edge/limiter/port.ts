/** One allowance: so many requests in a window of so many seconds. Its name stands in the RateLimit headers. */
export type RateLimitPolicy = {
  name: string;
  limit: number;
  windowSeconds: number;
  /** A limit that was set for the subject by `adjust` goes before this one. */
  adjustable?: true;
};

/** Who is counted, under which policy. */
export type RateLimitCount = { subject: string; policy: RateLimitPolicy };

/** The same subject under several policies. */
export const countsOf = (subject: string, policies: readonly RateLimitPolicy[]): RateLimitCount[] =>
  policies.map((policy) => ({ subject, policy }));

/** Where a subject stands under one policy. */
export type RateLimitWindow = RateLimitPolicy & {
  allowed: boolean;
  remaining: number;
  /** Whole seconds until the window is over, at least one. */
  resetSeconds: number;
};

/** One window for each count that was asked for, in that order. */
export type RateLimitVerdict = {
  allowed: boolean;
  windows: readonly RateLimitWindow[];
  /** Redis was slow or gone: the isolate decided, by the limits that it was given. */
  degraded?: true;
};

export type RateLimiter = {
  /**
   * Counts one request everywhere that is named; where one window refuses it, it does not count in the others. One Redis
   * round trip; never rejects: a limiter in the isolate takes over when Redis is slow or gone.
   */
  check(counts: readonly RateLimitCount[]): Promise<RateLimitVerdict>;
  /**
   * Keeps these limits for the subject from now on, or forgets them. Never rejects; false when Redis did not take them.
   */
  adjust(
    subject: string,
    policies: readonly RateLimitPolicy[],
    change?: 'keep' | 'forget',
  ): Promise<boolean>;
};

export const verdictOf = (windows: readonly RateLimitWindow[]): RateLimitVerdict => ({
  allowed: windows.every(({ allowed }) => allowed),
  windows,
});

/** The counts of a check whose windows allowed the request. */
export const allowedCounts = (
  counts: readonly RateLimitCount[],
  { windows }: RateLimitVerdict,
): RateLimitCount[] => counts.filter((_count, index) => windows[index]?.allowed === true);

/** The window a client should mind: the refusing one that lasts longest, else the one with the least left. */
export function tightestWindow({ windows }: RateLimitVerdict): RateLimitWindow | undefined {
  const refusing = windows.filter(({ allowed }) => !allowed);
  if (refusing.length > 0) return refusing.toSorted((a, b) => b.resetSeconds - a.resetSeconds)[0];
  return windows.toSorted((a, b) => a.remaining - b.remaining)[0];
}

/** Headers of draft-ietf-httpapi-ratelimit-headers-10, and the older X- ones that clients still read. */
export function rateLimitHeaders(verdict: RateLimitVerdict): Record<string, string> {
  const tightest = tightestWindow(verdict);
  if (tightest === undefined) return {};
  const each = (describe: (window: RateLimitWindow) => string): string =>
    verdict.windows.map((window) => `"${window.name}";${describe(window)}`).join(', ');
  return {
    RateLimit: each(({ remaining, resetSeconds }) => `r=${remaining};t=${resetSeconds}`),
    'RateLimit-Policy': each(({ limit, windowSeconds }) => `q=${limit};w=${windowSeconds}`),
    'X-RateLimit-Limit': String(tightest.limit),
    'X-RateLimit-Remaining': String(tightest.remaining),
    'X-RateLimit-Reset': String(tightest.resetSeconds),
    ...(verdict.allowed ? {} : { 'Retry-After': String(tightest.resetSeconds) }),
  };
}

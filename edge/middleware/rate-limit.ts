/** Outcome of one look at the limiter, as the RateLimit headers need it. */
export type RateLimitVerdict = {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the window is over. */
  resetSeconds: number;
};

export type RateLimiter = {
  /** One Redis round trip; never rejects: a limiter in the isolate takes over when Redis is slow or gone. */
  check(subject: string, limitPerMinute: number): Promise<RateLimitVerdict>;
};

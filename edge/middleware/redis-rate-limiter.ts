import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis/cloudflare';
import type { EdgeEnv } from '../env.ts';
import type { Log } from '../context.ts';
import type { IsolateLimiter } from './isolate-limiter.ts';
import type { RateLimiter, RateLimitVerdict } from './rate-limit.ts';

/** How long a request waits for Redis before the isolate's own limiter decides. */
const TIMEOUT_MS = 500;

export type RedisRateLimiterDeps = {
  env: Pick<EdgeEnv, 'UPSTASH_REDIS_REST_URL' | 'UPSTASH_REDIS_REST_TOKEN'>;
  /** Outlives the request: the windows of one isolate. */
  fallback: IsolateLimiter;
  log: Log;
  now: () => number;
};

/**
 * Sliding window in Redis by @upstash/ratelimit, one round trip. The library throws when Redis is gone and lets everything
 * pass when it is slow; in both cases the isolate's limiter takes over and says so in the log.
 */
export function createRedisRateLimiter(deps: RedisRateLimiterDeps): RateLimiter {
  const redis = new Redis({
    url: deps.env.UPSTASH_REDIS_REST_URL,
    token: deps.env.UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
    // Batches across requests would do I/O on behalf of another request, which workerd forbids.
    enableAutoPipelining: false,
  });

  const ask = async (subject: string, limit: number): Promise<RateLimitVerdict | null> => {
    const limiter = new Ratelimit({
      redis,
      limiter: Ratelimit.slidingWindow(limit, '1 m'),
      prefix: 'waypost:rate',
      timeout: TIMEOUT_MS,
      ephemeralCache: false,
    });
    const result = await limiter.limit(subject);
    if (result.reason === 'timeout') return null;
    return {
      allowed: result.success,
      limit,
      remaining: Math.max(0, result.remaining),
      resetSeconds: Math.max(0, Math.ceil((result.reset - deps.now()) / 1000)),
    };
  };

  return {
    check: async (subject, limit) => {
      let reason = 'timeout';
      try {
        const verdict = await ask(subject, limit);
        if (verdict !== null) return verdict;
      } catch (error) {
        reason = error instanceof Error ? error.name : 'unknown';
      }
      deps.log({ event: 'rate_limiter_fallback', reason });
      return deps.fallback.check(subject, limit, deps.now());
    },
  };
}

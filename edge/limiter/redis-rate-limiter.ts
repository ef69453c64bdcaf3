import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis/cloudflare';
import type { EdgeEnv } from '../env.ts';
import type { Log } from '../log/log.ts';
import type { IsolateLimiter } from './isolate-limiter.ts';
import {
  allowedCounts,
  type RateLimitCount,
  type RateLimiter,
  type RateLimitPolicy,
  type RateLimitVerdict,
  verdictOf,
} from './port.ts';

/** How long a request waits for Redis before the isolate's own limiter decides. */
const TIMEOUT_MS = 500;

/**
 * A sliding window tells a refused client to come back at the end of the current window, when much of it may still
 * count: seconds too early for a minute, but up to an hour for an hour. Longer windows are therefore fixed.
 */
const LONGEST_SLIDING_SECONDS = 60;

export type RedisRateLimiterDeps = {
  env: Pick<EdgeEnv, 'UPSTASH_REDIS_REST_URL' | 'UPSTASH_REDIS_REST_TOKEN'>;
  /** Outlives the request: the windows of one isolate. */
  fallback: IsolateLimiter;
  log: Log;
  now: () => number;
  waitUntil: (work: Promise<unknown>) => void;
};

/**
 * Windows in Redis by @upstash/ratelimit, all of a request's in one round trip. The library throws when Redis is gone and
 * lets everything pass when it is slow; in both cases the isolate's limiter takes over and says so in the log.
 * Make one for each request: it batches, and workerd forbids I/O on behalf of another request.
 */
export function createRedisRateLimiter(deps: RedisRateLimiterDeps): RateLimiter {
  const redis = new Redis({
    url: deps.env.UPSTASH_REDIS_REST_URL,
    token: deps.env.UPSTASH_REDIS_REST_TOKEN,
    retry: false,
    enableTelemetry: false,
    enableAutoPipelining: true,
  });

  // The library keeps one limit of its own for each prefix, and reads it in the same step: hence one for each subject.
  const limiterOf = (
    subject: string,
    { name, limit, windowSeconds, adjustable }: RateLimitPolicy,
  ): Ratelimit =>
    new Ratelimit({
      redis,
      limiter:
        windowSeconds <= LONGEST_SLIDING_SECONDS
          ? Ratelimit.slidingWindow(limit, `${windowSeconds} s`)
          : Ratelimit.fixedWindow(limit, `${windowSeconds} s`),
      prefix: adjustable === true ? `waypost:rate:${name}:${subject}` : `waypost:rate:${name}`,
      dynamicLimits: adjustable === true,
      timeout: TIMEOUT_MS,
      ephemeralCache: false,
    });

  const ask = async (counts: readonly RateLimitCount[]): Promise<RateLimitVerdict | null> => {
    const results = await Promise.all(
      counts.map(({ subject, policy }) => limiterOf(subject, policy).limit(subject)),
    );
    if (results.some(({ reason }) => reason === 'timeout')) return null;
    return verdictOf(
      counts.map(({ policy }, index) => ({
        ...policy,
        limit: results[index]?.limit ?? policy.limit,
        allowed: results[index]?.success ?? false,
        remaining: Math.max(0, results[index]?.remaining ?? 0),
        // The answer may come when its window is just over; "wait 0 seconds" would be asked again at once.
        resetSeconds: Math.max(1, Math.ceil(((results[index]?.reset ?? 0) - deps.now()) / 1000)),
      })),
    );
  };

  /** What one window refused is not to weigh on the others: a minute's hammering would use up the hour. */
  const giveBack = async (counts: readonly RateLimitCount[]): Promise<void> => {
    try {
      await Promise.all(
        counts.map(({ subject, policy }) =>
          limiterOf(subject, policy).limit(subject, { rate: -1 }),
        ),
      );
    } catch (error) {
      deps.log({ event: 'rate_limiter_give_back_failed', reason: nameOf(error) });
    }
  };

  return {
    check: async (counts) => {
      let reason = 'timeout';
      try {
        const verdict = await ask(counts);
        if (verdict !== null) {
          const counted = verdict.allowed ? [] : allowedCounts(counts, verdict);
          if (counted.length > 0) deps.waitUntil(giveBack(counted));
          return verdict;
        }
      } catch (error) {
        reason = nameOf(error);
      }
      deps.log({ event: 'rate_limiter_fallback', reason });
      return { ...deps.fallback.check(counts, deps.now()), degraded: true };
    },
    adjust: async (subject, policies, change = 'keep') => {
      const set = Promise.all(
        policies.map((policy) =>
          limiterOf(subject, policy).setDynamicLimit({
            limit: change === 'keep' && policy.limit,
          }),
        ),
      );
      try {
        await Promise.race([set, rejectLate()]);
        return true;
      } catch (error) {
        deps.log({ event: 'rate_limit_not_adjusted', subject, reason: nameOf(error) });
        return false;
      }
    },
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

const rejectLate = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new DOMException('Redis did not answer', 'TimeoutError')), TIMEOUT_MS);
  });

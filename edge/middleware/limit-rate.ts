import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { keyOf } from '../services/keys/require-scope.ts';
import type { RateLimitVerdict } from './rate-limit.ts';

const DEFAULT_PER_MINUTE = 60;

/** Headers of draft-ietf-httpapi-ratelimit-headers-10, and the older X- ones that clients still read. */
export function rateLimitHeaders(verdict: RateLimitVerdict): Record<string, string> {
  return {
    RateLimit: `"minute";r=${verdict.remaining};t=${verdict.resetSeconds}`,
    'RateLimit-Policy': `"minute";q=${verdict.limit};w=60`,
    'X-RateLimit-Limit': String(verdict.limit),
    'X-RateLimit-Remaining': String(verdict.remaining),
    'X-RateLimit-Reset': String(verdict.resetSeconds),
    ...(verdict.allowed ? {} : { 'Retry-After': String(Math.max(1, verdict.resetSeconds)) }),
  };
}

/** Counts the request against its key, before anything is read from the database. */
export const limitRate = createMiddleware<AppEnv>(async (c, next) => {
  const ctx = c.get('ctx');
  const { keyId, perMinute } = keyOf(ctx);
  const verdict = await ctx.rateLimiter.check(keyId, perMinute ?? DEFAULT_PER_MINUTE);
  for (const [name, value] of Object.entries(rateLimitHeaders(verdict))) c.header(name, value);
  if (!verdict.allowed) throw new AppError('RATE_LIMITED');
  await next();
});

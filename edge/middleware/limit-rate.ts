import { RATES } from '../../shared/catalogue/limits.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { answerError } from '../http/error-handler.ts';
import { countedAddress } from './counted-address.ts';
import {
  rateLimitHeaders,
  type RateLimitPolicy,
  type RateLimitVerdict,
  tightestWindow,
} from '../limiter/port.ts';

/** What a client may do that no credential vouches for, counted by its address. */
const ADDRESS_POLICY: RateLimitPolicy = RATES.address;

/** Tells the client where it stands. */
export function showVerdict(c: Context<AppEnv>, verdict: RateLimitVerdict): void {
  for (const [name, value] of Object.entries(rateLimitHeaders(verdict))) c.header(name, value);
}

export function refusal(verdict: RateLimitVerdict): AppError {
  const hit = tightestWindow(verdict);
  return new AppError('RATE_LIMITED', undefined, {
    window: hit?.name,
    limit: hit?.limit,
    windowSeconds: hit?.windowSeconds,
    retryAfterSeconds: hit?.resetSeconds,
  });
}

/** The limits that a verdict was given by; undefined when Redis had no say in it. */
export const enforcedBy = ({
  windows,
  degraded,
}: RateLimitVerdict): Record<string, number> | undefined =>
  degraded === true
    ? undefined
    : Object.fromEntries(windows.map(({ name, limit }) => [name, limit]));

function countAddress(c: Context<AppEnv>): Promise<RateLimitVerdict> {
  const { env, rateLimiter } = c.get('services');
  const address = countedAddress(c.req.raw.headers, env.CLIENT_IP_HEADER);
  return rateLimiter.check(address, [ADDRESS_POLICY]);
}

/** Counts a request that needs no credential against its client's address, before it is served. */
export const limitAddress = createMiddleware<AppEnv>(async (c, next) => {
  const verdict = await countAddress(c);
  showVerdict(c, verdict);
  if (!verdict.allowed) throw refusal(verdict);
  await next();
});

/**
 * Counts a request whose credential was missing or refused, wherever it was refused, against its client's address; the
 * 101st is told no more than to wait. Stands around the credential middleware. Good credentials are never held up by it.
 */
export const limitFailedCredentials = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.get('errorCode') !== 'UNAUTHORIZED') return;
  const verdict = await countAddress(c);
  if (!verdict.allowed) {
    c.res = answerError(refusal(verdict), c);
    c.header('WWW-Authenticate', undefined);
  }
  showVerdict(c, verdict);
});

import { RATES } from '../../shared/catalogue/limits.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { answerError } from '../http/error-handler.ts';
import { countedClient } from './counted-address.ts';
import {
  rateLimitHeaders,
  type RateLimitPolicy,
  type RateLimitVerdict,
  tightestWindow,
} from '../limiter/port.ts';

/** Tells the client where it stands. */
export function showVerdict(c: Context<AppEnv>, verdict: RateLimitVerdict): void {
  for (const [name, value] of Object.entries(rateLimitHeaders(verdict))) c.header(name, value);
}

/** Tells the client where it stands, and refuses it over the limit. @throws AppError RATE_LIMITED */
export function enforce(c: Context<AppEnv>, verdict: RateLimitVerdict): void {
  showVerdict(c, verdict);
  if (!verdict.allowed) throw refusal(verdict);
}

function refusal(verdict: RateLimitVerdict): AppError {
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

function countClient(c: Context<AppEnv>, policy: RateLimitPolicy): Promise<RateLimitVerdict> {
  const { env, rateLimiter } = c.get('services');
  const subject = countedClient(c.req.raw.headers, env.CLIENT_IP_HEADER);
  return rateLimiter.check([{ subject, policy }]);
}

/** Counts a request that needs no credential against its client's address, before it is served. */
export const limitPages = createMiddleware<AppEnv>(async (c, next) => {
  enforce(c, await countClient(c, RATES.page));
  await next();
});

/** Counts a request for something that is not there, unless its credential was counted already. */
export async function limitNotFound(c: Context<AppEnv>): Promise<void> {
  const ctx: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  if (ctx === undefined) enforce(c, await countClient(c, RATES.page));
}

/**
 * Counts a request whose credential was missing or refused, wherever it was refused, against its client's address; the
 * 101st is told no more than to wait. Stands around the credential middleware. Good credentials are never held up by it.
 */
export const limitFailedCredentials = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.get('errorCode') !== 'UNAUTHORIZED') return;
  const verdict = await countClient(c, RATES.address);
  if (!verdict.allowed) {
    c.res = answerError(refusal(verdict), c);
    c.header('WWW-Authenticate', undefined);
  }
  showVerdict(c, verdict);
});

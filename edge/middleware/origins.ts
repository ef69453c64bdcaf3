import type { Context, HonoRequest } from 'hono';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import type { EdgeEnv } from '../env.ts';
import { isLoopback } from '../values/loopback.ts';
import { oneTimeToken } from './one-time-token.ts';

const ALLOWED_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ALLOWED_HEADERS = [
  'authorization',
  'x-api-key',
  'apikey',
  'content-type',
  'idempotency-key',
  'prefer',
  'traceparent',
];
const EXPOSED_HEADERS = [
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Retry-After',
  'Link',
  'X-Request-Id',
  'Idempotent-Replayed',
  'Waypost-Ignored',
];
const PREFLIGHT_SECONDS = 600;

export type OriginKind = 'none' | 'own' | 'listed' | 'unlisted';
type OriginSettings = Pick<EdgeEnv, 'BASE_URL' | 'CORS_ORIGINS' | 'FRONTEND_URL'>;

/**
 * Whose page a request comes from, by its `Origin`, compared to the letter. Sandboxed pages say `null`: unlisted. A host
 * that only the request names may be any site's that points its name here, so it is ours on loopback alone.
 */
export function judgeOrigin(origin: string | null, url: string, env: OriginSettings): OriginKind {
  if (origin === null) return 'none';
  const listed = env.CORS_ORIGINS.includes(origin) || origin === originOf(env.FRONTEND_URL);
  if (listed) return 'listed';
  if (origin === originOf(env.BASE_URL)) return 'own';
  const asked = new URL(url);
  return isLoopback(asked.hostname) && origin === asked.origin ? 'own' : 'unlisted';
}

const originOf = (url: string | undefined): string | null =>
  url === undefined ? null : new URL(url).origin;

const answerListed = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ALLOWED_METHODS,
  allowHeaders: ALLOWED_HEADERS,
  exposeHeaders: EXPOSED_HEADERS,
  maxAge: PREFLIGHT_SECONDS,
});

/**
 * Lets pages of listed origins read answers, and keeps pages of all others from acting with what a browser adds by itself:
 * cookies, a remembered password, and WebSockets, which CORS does not hold back. A page that was given a one-time token may
 * open one with it. Programs send no `Origin` and pass.
 */
export const guardOrigins = createMiddleware<AppEnv>(async (c, next) => {
  const kind = judgeOrigin(c.req.raw.headers.get('origin'), c.req.url, c.get('services').env);
  if (kind === 'listed') return answerListed(c, next);
  if ((kind === 'unlisted' && actsAsTheUser(c)) || (kind === 'none' && isForeignLink(c))) {
    c.header('Vary', 'Origin');
    throw new AppError('FORBIDDEN', 'Pages of this origin may not use the API; see CORS_ORIGINS.');
  }
  await next();
  c.header('Vary', 'Origin', { append: true });
});

export const isWebSocket = (req: HonoRequest): boolean =>
  req.header('upgrade')?.toLowerCase() === 'websocket';

/** A cookie, or the password that a browser asked its user for: it adds them by itself. */
const isByBrowser = (req: HonoRequest): boolean =>
  req.header('cookie') !== undefined || /^basic /i.test(req.header('authorization') ?? '');

/** A socket of WAHA's clients, which has its key in the address, and no say for anything else. */
const bringsKey = (req: HonoRequest): boolean =>
  req.path === '/compat/waha/ws' && req.query('x-api-key') !== undefined;

const actsAsTheUser = ({ req }: Context<AppEnv>): boolean =>
  isByBrowser(req) ||
  (isWebSocket(req) && oneTimeToken(req) === null && !bringsKey(req)) ||
  (req.method === 'OPTIONS' && req.header('access-control-request-method') !== undefined);

/** An image, a link or a form of another site: browsers add the cookie or the password and no origin. Mailed links lead to /auth, never here. */
const isForeignLink = ({ req }: Context<AppEnv>): boolean =>
  /^\/(?:v1|api|wa|compat|admin)(?:\/|$)/.test(req.path) &&
  isByBrowser(req) &&
  req.header('sec-fetch-site') === 'cross-site';

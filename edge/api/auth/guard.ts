import { RATES } from '../../../shared/catalogue/limits.ts';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { AppEnv } from '../../context.ts';
import { readKnownBrowser } from '../../identity/known-browser.ts';
import { readSessionCookie } from '../../identity/session-cookie.ts';
import { BODY_LIMIT_BYTES, limitBodyTo } from '../../middleware/accept-body.ts';
import { countedClient } from '../../middleware/counted-address.ts';
import { enforce } from '../../middleware/limit-rate.ts';
import { judgeOrigin } from '../../middleware/origins.ts';

export const limitAuthBody = limitBodyTo(BODY_LIMIT_BYTES);

/**
 * Keeps other sites' pages from signing anybody in or out, with or without a cookie: a login made by a stranger's page is
 * one into the stranger's account. Programs name neither an origin nor a site, and pass.
 */
export const refuseForeignPages = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === 'POST') {
    const origin = c.req.raw.headers.get('origin');
    const kind = judgeOrigin(origin, c.req.url, c.get('services').env);
    const crossSite = c.req.header('sec-fetch-site') === 'cross-site';
    if (kind === 'unlisted' || (kind === 'none' && crossSite))
      throw new AppError('FORBIDDEN', 'Pages of this origin may not sign in; see CORS_ORIGINS.');
  }
  await next();
});

/** Routes that nothing can be guessed at, and that a signed-in page asks often. */
const OF_A_LOGIN = new Set([
  '/auth/get-session',
  '/auth/list-sessions',
  '/auth/sign-out',
  '/auth/revoke-sessions',
]);

/**
 * Counts by client address, but where a login says who asks, by that: people of one office share an address. A browser
 * that signed in before counts by the account, so that nobody else can use it up, and that no sign-in makes a new count.
 */
export const limitByCaller = createMiddleware<AppEnv>(async (c, next) => {
  const { env, rateLimiter } = c.get('services');
  const login = OF_A_LOGIN.has(c.req.path) ? await readSessionCookie(c, env) : null;
  if (typeof login === 'string') {
    // Enough of it to tell logins apart, and too little to be of use to who reads the limiter's keys.
    enforce(c, await rateLimiter.check([{ subject: login.slice(0, 12), policy: RATES.login }]));
  } else {
    const browser = await readKnownBrowser(c, env);
    const subject = browser?.accounts[0] ?? countedClient(c.req.raw.headers, env.CLIENT_IP_HEADER);
    enforce(c, await rateLimiter.check([{ subject, policy: RATES.signIn }]));
  }
  await next();
});

const Failure = z.looseObject({
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    details: z.looseObject({ reason: z.string().optional() }).optional(),
  }),
});

/** The identity library's own clients read `code` and `message` at the top of a failure; ours read the envelope. */
export const showCodeOnTop = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.status < 400) return;
  const { data } = Failure.safeParse(
    await c.res
      .clone()
      .json()
      .catch(() => null),
  );
  if (data === undefined) return;
  const { code, message, details } = data.error;
  c.res = Response.json({ ...data, code: details?.reason ?? code, message }, c.res);
});

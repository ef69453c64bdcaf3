import { generateSignedCookie, getSignedCookie } from 'hono/cookie';
import type { Context } from 'hono';
import type { EdgeEnv } from '../env.ts';

/** First part of the names of the identity library's cookies. */
export const COOKIE_PREFIX = 'waypost';

type CookieEnv = Pick<EdgeEnv, 'AUTH_SECRET' | 'BASE_URL'>;

/** The full name of a cookie of ours. Browsers take `__Secure-` ones over TLS only. */
export const cookieName = ({ BASE_URL }: Pick<EdgeEnv, 'BASE_URL'>, name: string): string =>
  `${BASE_URL.startsWith('https://') ? '__Secure-' : ''}${COOKIE_PREFIX}.${name}`;

/** The cookie that a login lives in. */
export const sessionCookieName = (env: Pick<EdgeEnv, 'BASE_URL'>): string =>
  cookieName(env, 'session_token');

/**
 * The session token in a request's cookie, when its signature is ours: `<token>.<base64 HMAC-SHA-256>`, as the identity
 * library writes it. `undefined` without the cookie, null when its signature is wrong. No I/O.
 */
export async function readSessionCookie(
  c: Context,
  env: CookieEnv,
): Promise<string | null | undefined> {
  const value = await getSignedCookie(c, env.AUTH_SECRET, sessionCookieName(env));
  return value === false ? null : value;
}

/** The `Cookie` header of a login, as its browser sends it. */
export async function sessionCookie(env: CookieEnv, sessionToken: string): Promise<string> {
  const cookie = await generateSignedCookie(sessionCookieName(env), sessionToken, env.AUTH_SECRET);
  return cookie.split(';')[0] ?? '';
}

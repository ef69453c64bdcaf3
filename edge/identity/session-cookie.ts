import { generateSignedCookie, getSignedCookie } from 'hono/cookie';
import type { Context } from 'hono';
import type { EdgeEnv } from '../env.ts';
import { isLoopback } from '../values/loopback.ts';

type CookieEnv = Pick<EdgeEnv, 'AUTH_SECRET' | 'BASE_URL'>;

/**
 * First part of the names of our cookies. Browsers send a cookie to every port of its host, so that deployments on one machine
 * would sign each other out: on loopback the port is part of the name.
 */
export function cookiePrefix({ BASE_URL }: Pick<EdgeEnv, 'BASE_URL'>): string {
  const { hostname, port } = new URL(BASE_URL);
  return isLoopback(hostname) && port !== '' ? `waypost-${port}` : 'waypost';
}

/** The full name of a cookie of ours. Browsers take `__Secure-` ones over TLS only. */
export const cookieName = (env: Pick<EdgeEnv, 'BASE_URL'>, name: string): string =>
  `${env.BASE_URL.startsWith('https://') ? '__Secure-' : ''}${cookiePrefix(env)}.${name}`;

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

import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { z } from 'zod';
import { sha256Hex, toHex } from '../../shared/hex.ts';
import type { EdgeEnv } from '../env.ts';
import { cookieName } from './session-cookie.ts';

/** As long as browsers keep a cookie at most. */
const KEPT_SECONDS = 400 * 86_400;
const MOST_ACCOUNTS = 5;

const KnownBrowser = z.object({
  kind: z.literal('browser'),
  id: z.string(),
  /** The accounts that were signed in to with it, the latest first, as `accountSubject` names them. */
  accounts: z.array(z.string()),
});
export type KnownBrowser = z.infer<typeof KnownBrowser>;

type CookieEnv = Pick<EdgeEnv, 'AUTH_SECRET' | 'BASE_URL'>;

/** What an account is counted by, whether there is such an account or not. It tells no address. */
export const accountSubject = async (email: string): Promise<string> =>
  (await sha256Hex(email)).slice(0, 32);

const nameOf = (env: CookieEnv): string => cookieName(env, 'known_browser');

/**
 * The browser that a request comes from, if somebody signed in with it before: a signed cookie that outlives the login,
 * as OWASP's "Slow Down Online Guessing Attacks with Device Cookies" has it. It lets nobody in; it only counts apart. No I/O.
 */
export async function readKnownBrowser(c: Context, env: CookieEnv): Promise<KnownBrowser | null> {
  const value = await getSignedCookie(c, env.AUTH_SECRET, nameOf(env));
  if (typeof value !== 'string') return null;
  try {
    return KnownBrowser.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    return null; // another cookie of ours under this name
  }
}

/** Lets this browser be known from now on, and to be one that signed in to this account; null adds no account. */
export async function rememberBrowser(
  c: Context,
  env: CookieEnv,
  email: string | null,
): Promise<void> {
  const known = await readKnownBrowser(c, env);
  const added = email === null ? [] : [await accountSubject(email)];
  const browser: KnownBrowser = {
    kind: 'browser',
    id: known?.id ?? toHex(crypto.getRandomValues(new Uint8Array(16))),
    accounts: [...new Set([...added, ...(known?.accounts ?? [])])].slice(0, MOST_ACCOUNTS),
  };
  await setSignedCookie(c, nameOf(env), JSON.stringify(browser), env.AUTH_SECRET, {
    path: '/auth',
    httpOnly: true,
    sameSite: 'Lax',
    secure: env.BASE_URL.startsWith('https://'),
    maxAge: KEPT_SECONDS,
  });
}

import type { Context } from 'hono';
import { setSignedCookie } from 'hono/cookie';
import type { AppEnv } from '../../context.ts';
import { sessionCookieName } from '../../identity/session-cookie.ts';

/** The cookie as the identity library sets it, which reads it from here on. */
export async function setLoginCookie(
  c: Context<AppEnv>,
  { sessionToken, maxAgeSeconds }: { sessionToken: string; maxAgeSeconds: number },
): Promise<void> {
  const { env } = c.get('services');
  await setSignedCookie(c, sessionCookieName(env), sessionToken, env.AUTH_SECRET, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: env.BASE_URL.startsWith('https://'),
    maxAge: maxAgeSeconds,
  });
}

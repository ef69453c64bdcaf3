import { decodeJwt, SignJWT } from 'jose';
import { z } from 'zod';
import type { EdgeEnv } from '../env.ts';
import { publicUrl } from '../values/public-url.ts';

export const VERIFICATION_SECONDS = 3_600;

const Claims = z.object({ password: z.string().optional() });

/** Where people are sent who named no place to go on at: the dashboard. */
export const homeUrl = ({
  FRONTEND_URL,
  BASE_URL,
}: Pick<EdgeEnv, 'FRONTEND_URL' | 'BASE_URL'>): string =>
  FRONTEND_URL ?? publicUrl({ BASE_URL }, '/');

async function fingerprint(passwordHash: string | null): Promise<string> {
  const bytes = new TextEncoder().encode(passwordHash ?? '');
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Buffer.from(digest).toString('base64url').slice(0, 22);
}

/**
 * The link that confirms an address. It is good for the password it was mailed about only: whoever signs up with somebody
 * else's address must not have their password confirmed by a link that the owner asked for, or the other way round.
 */
export async function verificationLink(
  env: Pick<EdgeEnv, 'AUTH_SECRET' | 'BASE_URL' | 'FRONTEND_URL'>,
  {
    email,
    passwordHash,
    callbackUrl,
  }: { email: string; passwordHash: string | null; callbackUrl?: string | undefined },
): Promise<string> {
  const token = await new SignJWT({ email, password: await fingerprint(passwordHash) })
    .setProtectedHeader({ alg: 'HS256' })
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${VERIFICATION_SECONDS} s`)
    .sign(new TextEncoder().encode(env.AUTH_SECRET));
  const url = new URL(publicUrl(env, '/auth/verify-email'));
  url.searchParams.set('token', token);
  url.searchParams.set('callbackURL', callbackUrl ?? homeUrl(env));
  return url.href;
}

/** Whether a link, whose signature is checked already, was mailed about this password. */
export async function isAbout(token: string, passwordHash: string | null): Promise<boolean> {
  const { data } = Claims.safeParse(decodeJwt(token));
  return data?.password === (await fingerprint(passwordHash));
}

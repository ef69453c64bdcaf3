import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import type { EdgeEnv } from '../env.ts';
import { Holder, type OneTimeUse } from './port.ts';

/** How long a token opens a connection, in seconds. */
export const TOKEN_SECONDS = 60;

/** Header `typ` of a token: `connect` opens one socket; `command` is what a socket's own commands are called with. */
export const TOKEN_TYPES = {
  connect: 'waypost-realtime+jwt',
  command: 'waypost-command+jwt',
} as const;
type Purpose = keyof typeof TOKEN_TYPES;

type TokenEnv = Pick<EdgeEnv, 'USER_TOKEN_SIGNING_KEY' | 'BASE_URL'>;

const Payload = z.object({ holder: Holder, jti: z.string(), exp: z.number() });

const keyOf = ({ USER_TOKEN_SIGNING_KEY: hex }: TokenEnv): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const issuerOf = ({ BASE_URL }: TokenEnv): string => new URL(BASE_URL).origin;

/** Mints a token that acts as its holder does, with no more and no less. HS256, for this deployment alone. */
export async function mintRealtimeToken(
  env: TokenEnv,
  purpose: Purpose,
  holder: Holder,
  now: number,
): Promise<{ token: string; expiresAt: Date }> {
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + TOKEN_SECONDS;
  const token = await new SignJWT({ holder })
    .setProtectedHeader({ alg: 'HS256', typ: TOKEN_TYPES[purpose] })
    .setIssuer(issuerOf(env))
    .setJti(newId('command', now))
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(keyOf(env));
  return { token, expiresAt: new Date(expiresAt * 1000) };
}

/** What a token says that this deployment signed for this purpose and that has not expired; null for anything else. No I/O. */
export async function verifyRealtimeToken(
  env: TokenEnv,
  purpose: Purpose,
  token: string,
): Promise<{ holder: Holder; use: OneTimeUse } | null> {
  try {
    const { payload } = await jwtVerify(token, keyOf(env), {
      algorithms: ['HS256'],
      typ: TOKEN_TYPES[purpose],
      issuer: issuerOf(env),
    });
    const { holder, jti, exp } = Payload.parse(payload);
    return { holder, use: { id: jti, expiresAt: exp * 1000 } };
  } catch {
    return null; // whatever is wrong with it, to the caller it is all the same
  }
}

import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { EdgeEnv } from '../env.ts';

/** Longest life of a user token, in seconds. */
export const USER_TOKEN_MAX_SECONDS = 3_600;

/** Header `typ` of a user token, which tells it from other JWTs. */
export const USER_TOKEN_TYPE = 'waypost-user+jwt';
const AUDIENCE = 'waypost';

/** What a user token says. Whether the login behind it still stands is for its row to say. */
export type UserTokenClaims = {
  userId: string;
  /** Row of `auth_sessions` that the token ends with; null when it was made from a Supabase token. */
  authSessionId: string | null;
  /** The workspace to act in; null = the user's own choice. */
  workspaceId: string | null;
};

type TokenEnv = Pick<EdgeEnv, 'USER_TOKEN_SIGNING_KEY' | 'BASE_URL'>;

const Payload = z.object({
  sub: z.string(),
  sid: z.string().optional(),
  ws: z.string().optional(),
  exp: z.number(),
});

const keyOf = ({ USER_TOKEN_SIGNING_KEY: hex }: TokenEnv): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const issuerOf = ({ BASE_URL }: TokenEnv): string => new URL(BASE_URL).origin;

/** Mints a user token: HS256, for this deployment alone, at most an hour long. */
export async function mintUserToken(
  env: TokenEnv,
  claims: UserTokenClaims,
  expiresInSeconds: number = USER_TOKEN_MAX_SECONDS,
  now: number = Date.now(),
): Promise<{ token: string; expiresAt: Date }> {
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + Math.min(expiresInSeconds, USER_TOKEN_MAX_SECONDS);
  const { userId, authSessionId, workspaceId } = claims;
  const token = await new SignJWT({
    ...(authSessionId === null ? {} : { sid: authSessionId }),
    ...(workspaceId === null ? {} : { ws: workspaceId }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: USER_TOKEN_TYPE })
    .setIssuer(issuerOf(env))
    .setAudience(AUDIENCE)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(keyOf(env));
  return { token, expiresAt: new Date(expiresAt * 1000) };
}

/** The claims of a token that this deployment signed and that has not run out; null for anything else. No I/O. */
export async function verifyUserToken(
  env: TokenEnv,
  token: string,
): Promise<UserTokenClaims | null> {
  try {
    const { payload } = await jwtVerify(token, keyOf(env), {
      algorithms: ['HS256'],
      typ: USER_TOKEN_TYPE,
      issuer: issuerOf(env),
      audience: AUDIENCE,
      requiredClaims: ['iat'],
      maxTokenAge: USER_TOKEN_MAX_SECONDS,
    });
    const read = Payload.safeParse(payload);
    if (!read.success) return null;
    const { sub, sid, ws } = read.data;
    return { userId: sub, authSessionId: sid ?? null, workspaceId: ws ?? null };
  } catch {
    return null; // jose throws for every kind of bad token; to the caller they are all the same
  }
}

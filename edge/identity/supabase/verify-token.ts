import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Log } from '../../log/log.ts';
import type { EdgeEnv } from '../../env.ts';
import { claimsOf, type SupabaseClaims } from './claims.ts';
import type { KeyCaches } from './key-cache.ts';

const PUBLISHED = ['ES256', 'RS256'];
const LEGACY = 'HS256';
const AUDIENCE = 'authenticated';

const Header = z.object({ alg: z.string(), kid: z.string().min(1).max(200).optional() });

export type SupabaseTokens = {
  /**
   * The claims of a Supabase access token of this project; null for anything else.
   * @throws AppError UNAVAILABLE when the project's keys cannot be had
   */
  verify(token: string): Promise<SupabaseClaims | null>;
};

export type SupabaseTokensDeps = {
  env: Pick<EdgeEnv, 'SUPABASE_URL' | 'SUPABASE_JWT_SECRET'>;
  keys: KeyCaches;
  now: () => number;
  log: Log;
};

/** The verifier of one Supabase project's access tokens; null when no project is configured. Does no I/O by itself. */
export function createSupabaseTokens({
  env,
  keys,
  now,
  log,
}: SupabaseTokensDeps): SupabaseTokens | null {
  if (env.SUPABASE_URL === undefined) return null;
  const issuer = `${env.SUPABASE_URL.replace(/\/+$/, '')}/auth/v1`;
  const secret = env.SUPABASE_JWT_SECRET;
  const published = keys.of(`${issuer}/.well-known/jwks.json`);
  const options: JWTVerifyOptions = {
    issuer,
    audience: AUDIENCE,
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(now()),
  };

  const payloadOf = async (token: string): Promise<unknown> => {
    const { alg, kid } = Header.parse(decodeProtectedHeader(token));
    // The way is chosen by the algorithm and never falls back: a public key is no HS256 secret.
    if (alg === LEGACY && secret !== undefined) {
      const bytes = new TextEncoder().encode(secret);
      return (await jwtVerify(token, bytes, { ...options, algorithms: [LEGACY] })).payload;
    }
    if (!PUBLISHED.includes(alg) || kid === undefined) return null;
    // What could not be let in under any key asks for none.
    const unverified = decodeJwt(token);
    if (unverified.iss !== issuer || claimsOf(unverified) === null) return null;
    if ((unverified.exp ?? 0) * 1000 <= now()) return null;
    const resolver = await published.find(kid, { now, log });
    if (resolver === 'unavailable')
      throw new AppError(
        'UNAVAILABLE',
        'The keys of the Supabase project cannot be read now; try again shortly.',
      );
    if (resolver === null) return null;
    return (await jwtVerify(token, resolver, { ...options, algorithms: PUBLISHED })).payload;
  };

  return {
    verify: async (token) => {
      try {
        return claimsOf(await payloadOf(token));
      } catch (error) {
        if (isBadToken(error)) return null;
        throw error;
      }
    },
  };
}

/** jose throws for every kind of bad token, plain `TypeError` for some; to the caller they are all the same. */
const isBadToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError || error instanceof TypeError || error instanceof z.ZodError;

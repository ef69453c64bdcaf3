import { sha256Hex } from './hex.ts';
import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';

/** What an API key says inside: whose it is and which row it is. State (revoked, paused, scopes) is the row's. */
export const ApiKeyClaims = z.object({
  keyId: z.string(),
  workspaceId: z.string(),
  mode: z.enum(['live', 'test']),
  /** Requests a minute when the key was made; the default when absent. The limiter's own record overrides it. */
  perMinute: z.number().int().min(1).optional(),
});
export type ApiKeyClaims = z.infer<typeof ApiKeyClaims>;

const secretBytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * Mints `wp_live_<jwt>` or `wp_test_<jwt>`: HS256 over key id and workspace. Recognisable by its prefix, and verified
 * without any look-up. Show it once; keep `hashApiKey` of it.
 */
export async function mintApiKey(claims: ApiKeyClaims, signingKeyHex: string): Promise<string> {
  const rate = claims.perMinute === undefined ? {} : { rpm: claims.perMinute };
  // Without it, two keys minted for one row in the same second, as by a rotation, would be the same key.
  const nonce = crypto.randomUUID().slice(0, 8);
  const jwt = await new SignJWT({ ws: claims.workspaceId, nonce, ...rate })
    .setProtectedHeader({ alg: 'HS256' })
    .setJti(claims.keyId)
    .setIssuedAt()
    .sign(secretBytes(signingKeyHex));
  return `wp_${claims.mode}_${jwt}`;
}

/** The claims of a well-formed, correctly signed key; null for anything else. No I/O. */
export async function verifyApiKey(
  key: string,
  signingKeyHex: string,
): Promise<ApiKeyClaims | null> {
  const match = /^wp_(live|test)_([\w.-]{20,2000})$/.exec(key);
  if (match === null) return null;
  try {
    const { payload } = await jwtVerify(match[2] ?? '', secretBytes(signingKeyHex), {
      algorithms: ['HS256'],
    });
    const claims = ApiKeyClaims.safeParse({
      keyId: payload.jti,
      workspaceId: payload.ws,
      mode: match[1],
      perMinute: payload.rpm,
    });
    return claims.success ? claims.data : null;
  } catch {
    return null; // jose throws for every kind of bad token; to the caller they are all the same
  }
}

/** SHA-256 of the whole key, lower-case hex: what stands in the database. */
export const hashApiKey = (key: string): Promise<string> => sha256Hex(key);

import type { Context } from 'hono';
import { decodeProtectedHeader } from 'jose';
import { hashApiKey, verifyApiKey } from '../../shared/api-key.ts';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv, Services } from '../context.ts';
import type { UserCredential } from '../services/users/load-user.ts';
import { callerAddress } from '../http/caller-address.ts';
import { countAdminPassword, noteWrongAdminPassword } from '../services/identity/admin-password.ts';
import { countedAddress } from './counted-address.ts';
import { enforce } from './limit-rate.ts';
import { oneTimeToken } from './one-time-token.ts';
import { readSessionCookie } from '../identity/session-cookie.ts';
import { TOKEN_TYPES, verifyRealtimeToken } from '../realtime/tokens.ts';
import { isAdminPassword } from '../identity/admin-password.ts';
import { USER_TOKEN_TYPE, verifyUserToken } from '../identity/user-token.ts';

export type KeyCredential = {
  kind: 'apiKey';
  keyId: string;
  keyHash: string;
  workspaceId: string;
  mode: 'live' | 'test';
  perMinute?: number | undefined;
};

/** Who a request says it is from, once the signature was found good. Whether they are still let in is for the rows to say. */
export type Credential = KeyCredential | UserCredential;
export type CredentialKind = Credential['kind'];

/**
 * The credential of a request, of the kind that its shape says; null without a good one. `Authorization` goes before
 * `x-api-key`, and that before the cookie: what stands in the first one that is there is the only one looked at. No I/O,
 * but for Supabase's keys once in a while, and for the limit of the administration's password.
 */
export async function readCredential(c: Context<AppEnv>): Promise<Credential | null> {
  const services = c.get('services');
  const oneTime = c.get('operation')?.takesRealtimeToken === true ? oneTimeToken(c.req) : null;
  if (oneTime !== null) return readOneTime(c, oneTime);
  const authorization = c.req.header('authorization');
  if (authorization !== undefined) {
    if (/^basic /i.test(authorization)) return readAdminPassword(c, authorization);
    // Clients of instances write `jwt_` before a token.
    const bearer = /^Bearer +(?:jwt_)?(\S+)$/i.exec(authorization.trim())?.[1];
    return bearer === undefined ? null : readBearer(c, bearer);
  }
  // Clients of Evolution call it `apikey`.
  const key = c.req.header('x-api-key') ?? c.req.header('apikey');
  if (key !== undefined) return readKey(services, key);
  const sessionToken = await readSessionCookie(c, services.env);
  return sessionToken == null ? null : { kind: 'cookie', sessionToken };
}

/** @throws AppError RATE_LIMITED, before the password is compared */
async function readAdminPassword(
  c: Context<AppEnv>,
  authorization: string,
): Promise<Credential | null> {
  const services = c.get('services');
  const { headers } = c.req.raw;
  const { env } = services;
  if (c.get('operation')?.takesAdminPassword !== true || env.ADMIN_PASSWORD === undefined)
    return null;
  const input = { address: countedAddress(headers, env.CLIENT_IP_HEADER) };
  enforce(c, await countAdminPassword({ services, input }));
  if (isAdminPassword(env, authorization)) return { kind: 'adminPassword' };
  const address = callerAddress(headers, env.CLIENT_IP_HEADER);
  const caller = { requestId: c.get('requestId'), callerAddress: address, call: c.get('call') };
  noteWrongAdminPassword({ services, caller });
  return null;
}

async function readBearer(c: Context<AppEnv>, bearer: string): Promise<Credential | null> {
  const services = c.get('services');
  if (bearer.startsWith('wp_')) return readKey(services, bearer);
  const type = typeOf(bearer);
  if (type === TOKEN_TYPES.connect)
    return c.get('operation')?.takesRealtimeToken === true ? readOneTime(c, bearer) : null;
  if (type === TOKEN_TYPES.command)
    return (await verifyRealtimeToken(services.env, 'command', bearer))?.holder ?? null;
  if (type !== USER_TOKEN_TYPE) return readSupabase(services, bearer);
  const claims = await verifyUserToken(services.env, bearer);
  return claims === null ? null : { kind: 'token', ...claims };
}

/** @throws AppError UNAUTHORIZED for an API key in its place */
async function readOneTime(c: Context<AppEnv>, token: string): Promise<Credential | null> {
  if (token.startsWith('wp_'))
    throw new AppError(
      'UNAUTHORIZED',
      'An API key must not be in an address or a subprotocol, which logs keep. Send it as a header, or get a one-time token with POST /v1/realtime/token. If others may have seen the address, replace the key.',
    );
  const read = await verifyRealtimeToken(c.get('services').env, 'connect', token);
  if (read === null) return null;
  c.set('oneTimeUse', read.use);
  return read.holder;
}

/** The `typ` in a JWT's header, which says which of our ways it goes and proves nothing. */
function typeOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).typ;
  } catch {
    return undefined; // no JWT at all
  }
}

async function readKey({ env }: Services, key: string): Promise<KeyCredential | null> {
  const claims = await verifyApiKey(key, env.API_KEY_SIGNING_KEY);
  return claims === null ? null : { kind: 'apiKey', ...claims, keyHash: await hashApiKey(key) };
}

async function readSupabase(services: Services, token: string): Promise<UserCredential | null> {
  const claims = (await services.supabaseTokens?.verify(token)) ?? null;
  return claims === null ? null : { kind: 'supabase', ...claims };
}

import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { newId } from '../../shared/ids.ts';
import { ADMIN_PASSWORD_SCHEME } from '../api/takes.ts';
import { mintUserToken } from '../identity/user-token.ts';
import type { Harness, TestRequest, TestUser } from './harness.ts';
import type { Document, ListedOperation } from './openapi.ts';

/** Names of the security schemes in the OpenAPI document. */
export const KINDS = ['bearerKey', 'apiKey', 'userToken', 'supabaseToken', 'cookie'] as const;
export type Kind = (typeof KINDS)[number];

export const KEY_KINDS: readonly Kind[] = ['bearerKey', 'apiKey'];
export const LOGIN_KINDS: readonly Kind[] = KINDS.filter((kind) => !KEY_KINDS.includes(kind));
export const isKeyKind = (kind: Kind): boolean => KEY_KINDS.includes(kind);

const Security = z.array(z.record(z.string(), z.array(z.string())));

/** The kinds of credential that an operation declares; `optional` when it says that none will do too. */
export function credentialsOf(
  operation: ListedOperation,
  document: Document,
): { kinds: Kind[]; optional: boolean } {
  const security = Security.parse(operation.security ?? document['security']);
  const names = security.flatMap((alternative) => Object.keys(alternative));
  // The password of the administration is nobody's own: edge/compat/queue/admin.test.ts has its refusals.
  const kinds = z
    .array(z.enum(KINDS))
    .parse(names.filter((name) => name !== ADMIN_PASSWORD_SCHEME));
  return { kinds, optional: security.some((one) => Object.keys(one).length === 0) };
}

/** How a credential of this kind travels. */
export function present(kind: Kind, credential: string): TestRequest {
  if (kind === 'cookie') return { headers: { cookie: credential } };
  return kind === 'apiKey' ? { headers: { 'x-api-key': credential } } : { key: credential };
}

type Refused = Record<string, string>;

/** Credentials of every kind, by what is wrong with them. Each has people and workspaces of its own. */
export async function refusedCredentials(harness: Harness): Promise<Record<Kind, Refused>> {
  const { schema, db, env } = harness;
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const key = async (options: Parameters<Harness['newKey']>[1]) =>
    (await harness.newKey(workspaceId, { perMinute: 10_000, ...options })).apiKey;
  const past = new Date(Date.now() - 1_000);
  const keys = {
    garbled: `${apiKey.slice(0, -4)}AAAA`,
    expired: await key({ expiresAt: past }),
    revoked: await key({ revokedAt: past }),
    paused: await key({ isActive: false }),
  };

  const signedOut = await harness.newUser();
  await db.delete(schema.authSessions).where(eq(schema.authSessions.id, signedOut.authSessionId));
  const ranOut = await harness.newUser();
  await db
    .update(schema.authSessions)
    .set({ expiresAt: past })
    .where(eq(schema.authSessions.id, ranOut.authSessionId));
  const disabled = await harness.newUser();
  const subject = crypto.randomUUID();
  await db.insert(schema.authAccounts).values({
    id: newId('authAccount'),
    userId: disabled.userId,
    providerId: 'supabase',
    accountId: subject,
  });
  await db
    .update(schema.users)
    .set({ isActive: false })
    .where(eq(schema.users.id, disabled.userId));
  const { userId, authSessionId, token, cookie } = await harness.newUser();
  const hourAgo = Date.now() - 3_600_000;
  const claims = { userId, authSessionId, workspaceId: null };
  const expiredToken = (await mintUserToken(env, claims, 60, hourAgo)).token;
  const supabase = await harness.supabase.sign();
  const garble = (jwt: string) => `${jwt.slice(0, -6)}AAAAAA`;

  return {
    bearerKey: keys,
    apiKey: keys,
    userToken: {
      garbled: garble(token),
      expired: expiredToken,
      'of a login that ran out': ranOut.token,
      'signed out': signedOut.token,
      'disabled user': disabled.token,
    },
    supabaseToken: {
      garbled: garble(supabase),
      expired: await harness.supabase.sign({ exp: Math.floor(hourAgo / 1000) }),
      'another audience': await harness.supabase.sign({ aud: 'anon' }),
      'disabled user': await harness.supabase.sign({ sub: subject }),
    },
    cookie: {
      garbled: cookie.replace(/=...../, '=AAAAA'),
      expired: ranOut.cookie,
      'signed out': signedOut.cookie,
      'disabled user': disabled.cookie,
    },
  };
}

/** Good credentials of every kind: of this person, and a key of their workspace. */
export async function goodCredentials(
  harness: Harness,
  user: TestUser,
): Promise<Record<Kind, string>> {
  const { apiKey } = await harness.newKey(user.workspaceId, { perMinute: 10_000 });
  const subject = crypto.randomUUID();
  await harness.db.insert(harness.schema.authAccounts).values({
    id: newId('authAccount'),
    userId: user.userId,
    providerId: 'supabase',
    accountId: subject,
  });
  return {
    bearerKey: apiKey,
    apiKey,
    userToken: user.token,
    supabaseToken: await harness.supabase.sign({ sub: subject }),
    cookie: user.cookie,
  };
}

import { eq } from 'drizzle-orm';
import { hashApiKey, mintApiKey } from '../../shared/api-key.ts';
import { toHex } from '../../shared/hex.ts';
import { newId } from '../../shared/ids.ts';
import type { ServiceContext, Services } from '../context.ts';
import * as schema from '../db/schema/index.ts';
import type { EdgeEnv } from '../env.ts';
import { sessionCookie } from '../identity/session-cookie.ts';
import { mintUserToken } from '../identity/user-token.ts';

export type TestWorkspace = {
  workspaceId: string;
  keyId: string;
  apiKey: string;
  ctx: ServiceContext;
};

export type TestOwner = { runnerId: string; bootId: string; url: string; epoch?: number };

export type NewWorkspace = {
  tier?: 'basic' | 'pro' | 'max';
  maxSessions?: number;
  mode?: 'live' | 'test';
  scopes?: string[];
  /** Of its first key. */
  perMinute?: number;
};

export type NewUser = {
  /** Joins this workspace; without it, a workspace of their own is made. */
  workspaceId?: string;
  role?: 'owner' | 'member';
  allSessions?: boolean;
  /** Platform administrator. */
  isAdmin?: boolean;
  email?: string;
};

export type TestUser = {
  userId: string;
  email: string;
  workspaceId: string;
  authSessionId: string;
  /** A user token that hangs on `authSessionId`. */
  token: string;
  /** The `Cookie` header of that login. */
  cookie: string;
};

export type NewSession = {
  workspaceId: string;
  name?: string;
  mode?: 'live' | 'sandbox';
  status?: (typeof schema.sessions.$inferInsert)['status'];
  /** Registers the runner and gives it a lease of an hour; without it nobody owns the session. */
  owner?: TestOwner;
  isDefault?: boolean;
  /** Id of the key or user that created it. */
  createdBy?: string;
};

/** Writes what a test begins with, as rows: workspaces, keys, people who are signed in, sessions. */
export function rowWriter({
  db,
  env,
  services,
}: {
  db: Services['db'];
  env: EdgeEnv;
  services: () => Services;
}) {
  const newKey = async (
    workspaceId: string,
    options: {
      mode?: 'live' | 'test';
      scopes?: string[];
      sessionId?: string;
      isActive?: boolean;
      expiresAt?: Date;
      revokedAt?: Date;
      allowedIps?: string[];
      perMinute?: number;
      createdBy?: string;
      userId?: string;
    } = {},
  ): Promise<{ keyId: string; apiKey: string; keyHash: string }> => {
    const { mode = 'live', scopes = ['*'], ...rest } = options;
    const keyId = newId('key');
    const { perMinute } = options;
    const claims = { keyId, workspaceId, mode, perMinute };
    const apiKey = await mintApiKey(claims, env.API_KEY_SIGNING_KEY);
    const keyHash = await hashApiKey(apiKey);
    await db
      .insert(schema.apiKeys)
      .values({ id: keyId, workspaceId, name: 'test', mode, scopes, sha256: keyHash, ...rest });
    return { keyId, apiKey, keyHash };
  };

  return {
    newKey,

    newWorkspace: async (options: NewWorkspace = {}): Promise<TestWorkspace> => {
      const { mode = 'live', scopes = ['*'], tier = 'max', maxSessions, perMinute } = options;
      const workspaceId = newId('workspace');
      await db.insert(schema.workspaces).values({
        id: workspaceId,
        name: 'test',
        tier,
        ...(maxSessions === undefined ? {} : { maxSessions }),
      });
      const { keyId, apiKey, keyHash } = await newKey(workspaceId, {
        mode,
        scopes,
        ...(perMinute !== undefined && { perMinute }),
      });
      const ctx: ServiceContext = {
        ...services(),
        workspaceId,
        requestId: newId('request'),
        actor: { type: 'apiKey', keyId, keyHash, mode, scopes, sessionId: null, person: null },
      };
      return { workspaceId, keyId, apiKey, ctx };
    },

    /** A person who is signed in, with rows as the identity library writes them. */
    newUser: async (options: NewUser = {}): Promise<TestUser> => {
      const { role = 'owner', allSessions = false, isAdmin = false } = options;
      const userId = newId('user');
      const email = options.email ?? `${userId.slice(-12)}@example.com`;
      const workspaceId = options.workspaceId ?? newId('workspace');
      if (options.workspaceId === undefined)
        await db.insert(schema.workspaces).values({ id: workspaceId, name: 'test', tier: 'max' });
      await db.insert(schema.users).values({
        id: userId,
        name: 'Test Person',
        email,
        emailVerified: true,
        role: isAdmin ? 'admin' : 'user',
        workspaceId,
      });
      await db.insert(schema.members).values({ workspaceId, userId, role, allSessions });
      const authSessionId = newId('authSession');
      const sessionToken = randomHex(16);
      await db.insert(schema.authSessions).values({
        id: authSessionId,
        userId,
        token: sessionToken,
        expiresAt: new Date(Date.now() + 86_400_000),
      });
      const { token } = await mintUserToken(env, { userId, authSessionId, workspaceId: null });
      const cookie = await sessionCookie(env, sessionToken);
      return { userId, email, workspaceId, authSessionId, token, cookie };
    },

    newSession: async (options: NewSession): Promise<{ id: string; name: string }> => {
      const id = newId('session');
      const name = options.name ?? `session-${id.slice(-8)}`;
      await db.insert(schema.sessions).values({
        id,
        workspaceId: options.workspaceId,
        name,
        mode: options.mode ?? 'sandbox',
        status: options.status ?? 'online',
        reason: 'test',
        wireKey: randomHex(32),
        ...(options.createdBy === undefined ? {} : { createdBy: options.createdBy }),
      });
      const { owner } = options;
      if (owner !== undefined) await upsertRunner(db, owner);
      await db.insert(schema.sessionLeases).values({
        sessionId: id,
        desired: 'running',
        ...(owner === undefined
          ? {}
          : {
              runnerId: owner.runnerId,
              bootId: owner.bootId,
              epoch: owner.epoch ?? 1,
              leaseUntil: new Date(Date.now() + 3_600_000),
              startedEpoch: owner.epoch ?? 1,
              startedRunnerId: owner.runnerId,
              startedBootId: owner.bootId,
            }),
      });
      if (options.isDefault === true)
        await db
          .update(schema.workspaces)
          .set({ defaultSessionId: id })
          .where(eq(schema.workspaces.id, options.workspaceId));
      return { id, name };
    },
  };
}

async function upsertRunner(db: Services['db'], owner: TestOwner): Promise<void> {
  const row = { bootId: owner.bootId, url: owner.url, heartbeatAt: new Date() };
  await db
    .insert(schema.runners)
    .values({ id: owner.runnerId, region: 'local', maxSessions: 10, ...row })
    .onConflictDoUpdate({ target: schema.runners.id, set: row });
}

const randomHex = (bytes: number): string => toHex(crypto.getRandomValues(new Uint8Array(bytes)));

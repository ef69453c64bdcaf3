import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { hashApiKey, mintApiKey } from '../../shared/api-key.ts';
import { toHex } from '../../shared/hex.ts';
import { newId } from '../../shared/ids.ts';
import { createTestDatabase, type TestNeonHandle } from '../../local/neon/testing/database.ts';
import { createIsolateState, createServices } from '../compose.ts';
import type { ServiceContext, Services } from '../context.ts';
import * as schema from '../db/schema/index.ts';
import { sessionCookie } from '../identity/session-cookie.ts';
import { mintUserToken } from '../identity/user-token.ts';
import { type EdgeEnv, parseEdgeEnv } from '../env.ts';
import worker from '../worker.ts';
import { captureQueue, consume } from './captured-queue.ts';
import { fakeRunner, openTap, supabaseProject, type TapBehaviour } from './neighbours.ts';
import { watchEvents } from './written-events.ts';

const ADDRESS_HEADER = 'cf-connecting-ip';

type Bindings = Record<string, unknown>;
export type LogLine = { event: string } & Record<string, unknown>;

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

/** Either envelope. Tests look into `data` with `toMatchObject`, or `idOf`. */
const Body = z.object({
  success: z.boolean(),
  data: z.unknown().optional(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  meta: z.object({ requestId: z.string() }).loose(),
});
export type Answer = z.infer<typeof Body> & { status: number; headers: Headers };

/** The id of what an answer carries. */
export const idOf = ({ data }: Answer): string => z.object({ id: z.string() }).parse(data).id;

export type TestRequest = {
  /** API key, user token or Supabase token. */
  key?: string;
  /** Sent as it is when it is text, bytes or a stream; as JSON otherwise. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Replaces bindings for this request alone. */
  env?: Bindings;
};

/**
 * The Worker under test, with a database of its own: one per test file, made by `await createHarness()` in `beforeAll` or
 * at the top of the file. Rows of different tests live side by side, each in its own workspace.
 */
export async function createHarness(overrides: Bindings = {}) {
  const given: Bindings = { ...bindings };
  const handle: TestNeonHandle = JSON.parse(String(given['TEST_NEON']));
  const auditQueue = captureQueue();
  const supabase = supabaseProject(String(given['JWKS_URL']));
  const testEnv: Bindings = {
    ...given,
    AUDIT_QUEUE: auditQueue.binding,
    DATABASE_URL: await createTestDatabase(handle),
    CLIENT_IP_HEADER: ADDRESS_HEADER,
    SUPABASE_URL: supabase.url,
    SUPABASE_EMAILS: 'confirmed',
    SIGN_UP: 'open',
    ...overrides,
  };
  const env: EdgeEnv = parseEdgeEnv(testEnv);
  const lines: LogLine[] = [];

  const services = (): Services =>
    createServices({
      env,
      isolate: createIsolateState((line) => void lines.push(line)),
      waitUntil: (work) => void work.catch((error: unknown) => lines.push(failure(error))),
    });
  const { db } = services();
  watchEvents(() => services().db);

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

  /** Sends one request through the Worker's `fetch` and waits for its `waitUntil` work. */
  const request = async (
    method: string,
    path: string,
    { key, body, headers = {}, env: replaced = {} }: TestRequest = {},
  ): Promise<Response> => {
    const raw =
      typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array;
    const sent = raw ? body : JSON.stringify(body);
    const message = new Request(`https://waypost.test${path}`, {
      method,
      headers: {
        [ADDRESS_HEADER]: randomAddress(),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: sent }),
    });
    return fetchWorker(message, { ...testEnv, ...replaced });
  };

  return {
    env,
    db,
    schema,
    /** Log lines of contexts made by `newWorkspace` and `services`; the Worker's own go to its console. */
    lines,
    services,
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

    /** A runner of its own on the fake runners' server, to own sessions; see local/testing/fake-runner.ts. */
    newRunner: (epoch = 1) => fakeRunner(String(given['FAKE_RUNNER_URL']), epoch),

    /** Counts, at a door of its own, what passes on to `target`. */
    tap: (target: string, options: TapBehaviour = {}) =>
      openTap(String(given['TAP_URL']), { target, ...options }),

    /** The Supabase project that this Worker takes tokens of. */
    supabase,

    /** A site with images and worse; see local/testing/file-server.ts. */
    filesUrl: String(given['FILES_URL']),

    request,

    /** `request`, and its answer as the envelope. */
    call: async (method: string, path: string, options: TestRequest = {}): Promise<Answer> => {
      const response = await request(method, path, options);
      const body = Body.parse(await response.json());
      return { status: response.status, headers: response.headers, ...body };
    },

    /** Hands what the audit queue holds to the Worker's consumer; gives back what that was. */
    drainAudit: async (): Promise<unknown[]> => {
      const messages = auditQueue.take();
      if (messages.length > 0) await consume(messages, testEnv);
      return messages;
    },

    /** Hands these messages to the Worker's consumer as one batch, and says what became of it. */
    consumeAudit: (messages: readonly unknown[], replaced: Bindings = {}, attempts = 1) =>
      consume(messages, { ...testEnv, ...replaced }, attempts),

    /** Runs the Worker's `scheduled` handler once, to its end. */
    runScheduled: async (cron = '* * * * *'): Promise<void> => {
      const execution = createExecutionContext();
      await worker.scheduled?.(
        { scheduledTime: Date.now(), cron, noRetry: () => undefined },
        testEnv,
        execution,
      );
      await waitOnExecutionContext(execution);
    },
  };
}

export type Harness = Awaited<ReturnType<typeof createHarness>>;

async function fetchWorker(request: Request, env: Bindings): Promise<Response> {
  const execution = createExecutionContext();
  // A Request made here has the type of the client side; the Worker's side adds only `cf`, which nothing reads.
  const incoming = request as Request<unknown, IncomingRequestCfProperties>;
  const response = await worker.fetch?.(incoming, env, execution);
  await waitOnExecutionContext(execution);
  if (response === undefined) throw new Error('the Worker has no fetch handler');
  return response;
}

async function upsertRunner(db: Services['db'], owner: TestOwner): Promise<void> {
  const row = { bootId: owner.bootId, url: owner.url, heartbeatAt: new Date() };
  await db
    .insert(schema.runners)
    .values({ id: owner.runnerId, region: 'local', maxSessions: 10, ...row })
    .onConflictDoUpdate({ target: schema.runners.id, set: row });
}

/** Each request comes from a client of its own unless a test says otherwise: refusals are counted by address. */
const randomAddress = (): string =>
  [10, ...crypto.getRandomValues(new Uint8Array(3))].map(String).join('.');

const randomHex = (bytes: number): string => toHex(crypto.getRandomValues(new Uint8Array(bytes)));

const failure = (error: unknown): LogLine => ({ event: 'wait_until_failed', error: String(error) });

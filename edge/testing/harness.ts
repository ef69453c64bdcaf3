import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { z } from 'zod';
import { createTestDatabase, type TestNeonHandle } from '../../local/neon/testing/database.ts';
import { createIsolateState, createServices } from '../compose.ts';
import type { Services } from '../context.ts';
import * as schema from '../db/schema/index.ts';
import { type EdgeEnv, parseEdgeEnv } from '../env.ts';
import worker from '../worker.ts';
import { captureQueue, consume } from './captured-queue.ts';
import { hubsIn } from './hub-environments.ts';
import { fakeRunner, openTap, supabaseProject, type TapBehaviour } from './neighbours.ts';
import { rowWriter } from './row-writer.ts';
import { watchEvents } from './written-events.ts';

const ADDRESS_HEADER = 'cf-connecting-ip';

type Bindings = Record<string, unknown>;
export type LogLine = { event: string } & Record<string, unknown>;

export type { NewSession, NewUser, NewWorkspace, TestUser, TestWorkspace } from './row-writer.ts';

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
    HUB: hubsIn(() => testEnv),
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
  watchEvents(services);

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
    ...rowWriter({ db, env, services }),

    /** Rows of messages or events with what is sealed in them opened. */
    opened: async <
      Row extends { workspaceId: string; content?: unknown; data?: unknown; reactions?: unknown },
    >(
      rows: PromiseLike<Row[]>,
    ): Promise<Row[]> => {
      const { contentSeal } = services();
      return (await rows).map((row) => ({
        ...row,
        ...('content' in row && { content: contentSeal.open(row.workspaceId, row.content) }),
        ...('reactions' in row && {
          reactions: contentSeal.open(row.workspaceId, row.reactions),
        }),
        ...('data' in row && { data: contentSeal.open(row.workspaceId, row.data) }),
      }));
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

/** Each request comes from a client of its own unless a test says otherwise: refusals are counted by address. */
const randomAddress = (): string =>
  [10, ...crypto.getRandomValues(new Uint8Array(3))].map(String).join('.');

const failure = (error: unknown): LogLine => ({ event: 'wait_until_failed', error: String(error) });

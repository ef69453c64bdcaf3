import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, type TestRequest } from '../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** How long Redis's answer is held: what begins before it ends did not wait for it. */
const HOLD_MS = 100;

/** One person or key, a session of theirs, and taps before Redis and the database. */
async function setUp() {
  const user = await harness.newUser();
  const { workspaceId } = user;
  const { apiKey } = await harness.newKey(workspaceId);
  const runner = harness.newRunner();
  await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
  await runner.script({
    doorbell: { body: { settled: { status: 'sent', wireId: null, error: null } } },
  });
  const supabaseToken = await harness.supabase.sign();
  const credentials: Record<string, TestRequest> = {
    'API key': { key: apiKey },
    'user token': { key: user.token },
    cookie: { headers: { cookie: user.cookie } },
    'Supabase token': { key: supabaseToken },
  };
  const [redis, database] = await Promise.all([
    harness.tap(harness.env.UPSTASH_REDIS_REST_URL, { holdMs: HOLD_MS }),
    harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin),
  ]);
  const env = { UPSTASH_REDIS_REST_URL: redis.url, DATABASE_HTTP_URL: `${database.url}/sql` };
  const calls = async () => ({
    redis: await redis.calls(),
    sql: await database.calls(),
    runner: await runner.calls(),
  });

  /** The upstream calls of one request; the one before it, the same, loads scripts and accounts. */
  const callsOf = async (kind: string, method: string, path: string, body?: unknown) => {
    const send = () =>
      harness.call(method, path, {
        ...credentials[kind],
        env,
        ...(body === undefined ? {} : { body }),
      });
    expect((await send()).error).toBeUndefined();
    const before = await calls();
    expect((await send()).error).toBeUndefined();
    const after = await calls();
    return {
      redis: after.redis.slice(before.redis.length),
      sql: after.sql.slice(before.sql.length),
      runner: after.runner.slice(before.runner.length),
    };
  };
  return { callsOf };
}

type Calls = Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['callsOf']>>;
const counted = ({ redis, sql, runner }: Calls) => [redis.length, sql.length, runner.length];

describe('upstream calls by route class: Redis, SQL, runner', () => {
  test.each(['API key', 'user token', 'cookie', 'Supabase token'])(
    'reading with %s: rate limit and state are one step, the read is the second',
    async (kind) => {
      const { callsOf } = await setUp();
      const calls = await callsOf(kind, 'GET', '/v1/sessions');
      expect(counted(calls)).toEqual([1, 2, 0]);
      const [limit] = calls.redis;
      const [state, read] = calls.sql;
      expect(state?.startedAt).toBeLessThan(limit?.endedAt ?? 0);
      expect(read?.startedAt).toBeGreaterThan(limit?.endedAt ?? Number.POSITIVE_INFINITY);
    },
  );

  test('sending with an API key: limit, statement, doorbell', async () => {
    const { callsOf } = await setUp();
    const calls = await callsOf('API key', 'POST', '/v1/messages/text', MESSAGE);
    expect(counted(calls)).toEqual([1, 1, 1]);
  });

  test.each(['user token', 'cookie'])(
    'sending with %s: limit and state in one step, statement, doorbell',
    async (kind) => {
      const { callsOf } = await setUp();
      const calls = await callsOf(kind, 'POST', '/v1/messages/text', MESSAGE);
      expect(counted(calls)).toEqual([1, 2, 1]);
      expect(calls.sql[0]?.startedAt).toBeLessThan(calls.redis[0]?.endedAt ?? 0);
    },
  );
});

const MESSAGE = { to: '+15550100001', text: 'Hello' };

import { describe, expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';

async function setUp({
  to = '+15550100001',
  country = null,
}: { to?: string; country?: 'GB' | null } = {}) {
  const harness = await createHarness();
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const setCountry = (defaultCountry: 'GB' | 'IN' | null) =>
    harness.call('PATCH', '/v1/workspace', { key: apiKey, body: { defaultCountry } });
  await setCountry(country);
  const runner = harness.newRunner();
  await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
  await runner.script({
    doorbell: { body: { settled: { status: 'sent', wireId: null, error: null } } },
  });
  const [redis, database] = await Promise.all([
    harness.tap(harness.env.UPSTASH_REDIS_REST_URL),
    harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin),
  ]);
  const calls = () => Promise.all([redis.calls(), database.calls(), runner.calls()]);
  const image = { to, url: `${harness.filesUrl}/pixel.png` };
  const send = (headers: Record<string, string>, kind: 'text' | 'image' = 'text') =>
    harness.call('POST', `/v1/messages/${kind}`, {
      key: apiKey,
      body: kind === 'text' ? { to, text: 'Hello' } : image,
      headers,
      env: { UPSTASH_REDIS_REST_URL: redis.url, DATABASE_HTTP_URL: `${database.url}/sql` },
    });
  return {
    setCountry,
    calls,
    send,
    /** How many calls a send makes of each: Redis, SQL, runner. */
    callsOf: async (...sent: Parameters<typeof send>): Promise<number[]> => {
      const before = await calls();
      expect((await send(...sent)).data).toMatchObject({ status: expect.any(String) });
      const after = await calls();
      return after.map(({ length }, index) => length - (before[index]?.length ?? 0));
    },
  };
}

describe('upstream calls, counted at the servers: Redis, SQL, runner', () => {
  test('a send that waits makes three, one after the other', async () => {
    const { calls, callsOf, send } = await setUp();
    // The first request of a fresh Redis also loads the limiter's script.
    expect(await send({ prefer: 'wait=5' })).toMatchObject({ status: 200 });
    expect(await callsOf({ prefer: 'wait=5' })).toEqual([1, 1, 1]);
    const [redis, database] = await calls();
    const [counted] = redis.slice(-1);
    const [written] = database.slice(-1);
    expect(counted?.endedAt).toBeLessThan(written?.startedAt ?? 0);
  });

  test('an image adds one, which asks whether it would be taken before it is fetched', async () => {
    const { callsOf, send } = await setUp();
    await send({});
    expect(await callsOf({ prefer: 'wait=5' }, 'image')).toEqual([1, 2, 1]);
  });

  test('an Idempotency-Key adds none; a replay rings nobody', async () => {
    const { callsOf, send } = await setUp();
    await send({});
    expect(await callsOf({ 'idempotency-key': 'order-1' })).toEqual([1, 1, 1]);
    expect(await callsOf({ 'idempotency-key': 'order-1' })).toEqual([1, 1, 0]);
  });

  test('a settled answer is kept under its key by one more statement, after the runner’s answer', async () => {
    const { callsOf, send } = await setUp();
    await send({});
    const waiting = { 'idempotency-key': 'order-1', prefer: 'wait=5' };
    expect(await callsOf(waiting)).toEqual([1, 2, 1]);
    expect(await callsOf(waiting)).toEqual([1, 1, 0]);
  });

  test.each([
    ['in a country', '07911 123456', 'GB'],
    ['in no country', '447911123456', null],
  ] as const)('a number without + is read %s at no cost', async (_where, to, country) => {
    const { callsOf, send } = await setUp({ to, country });
    await send({});
    expect(await callsOf({ prefer: 'wait=5' })).toEqual([1, 1, 1]);
    expect(await callsOf({ prefer: 'wait=5' }, 'image')).toEqual([1, 2, 1]);
  });

  test('another country than the isolate knew costs one statement, once', async () => {
    const { callsOf, send, setCountry } = await setUp({ to: '7911123456', country: 'GB' });
    expect((await send({})).data).toMatchObject({ chatId: '447911123456@c.us' });
    await setCountry('IN');
    expect(await callsOf({ prefer: 'wait=5' })).toEqual([1, 2, 1]);
    expect(await callsOf({ prefer: 'wait=5' })).toEqual([1, 1, 1]);
    expect((await send({})).data).toMatchObject({ chatId: '917911123456@c.us' });
  });
});

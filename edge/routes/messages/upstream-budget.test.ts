import { expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';

test('a send that waits makes three upstream calls, counted at the servers: Redis, SQL, runner', async () => {
  const harness = await createHarness();
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  await harness.newSession({ workspaceId, owner: runner.owner, isDefault: true });
  await runner.script({
    doorbell: { body: { settled: { status: 'sent', wireId: null, error: null } } },
  });
  const [redis, database] = await Promise.all([
    harness.tap(harness.env.UPSTASH_REDIS_REST_URL),
    harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin),
  ]);
  const send = () =>
    harness.call('POST', '/v1/messages/text', {
      key: apiKey,
      body: { to: '+15550100001', text: 'Hello' },
      headers: { prefer: 'wait=5' },
      env: { UPSTASH_REDIS_REST_URL: redis.url, DATABASE_HTTP_URL: `${database.url}/sql` },
    });

  // The first request of a fresh Redis also loads the limiter's script.
  expect(await send()).toMatchObject({ status: 200 });
  const before = await Promise.all([redis.calls(), database.calls(), runner.calls()]);
  expect(await send()).toMatchObject({ status: 200, data: { queueSeq: 2 } });
  const after = await Promise.all([redis.calls(), database.calls(), runner.calls()]);

  expect(after.map((calls, index) => calls.length - (before[index]?.length ?? 0))).toEqual([
    1, 1, 1,
  ]);
  const [counted] = after[0].slice(-1);
  const [written] = after[1].slice(-1);
  expect(counted?.endedAt).toBeLessThan(written?.startedAt ?? 0);
});

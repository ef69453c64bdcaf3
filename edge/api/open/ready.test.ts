import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness, type TestRequest } from '../../testing/harness.ts';
import { oneIsolate } from '../../testing/one-isolate.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const NOWHERE = 'http://127.0.0.1:9';
const asOperator = (options: TestRequest = {}) =>
  harness.call('GET', '/ready', { key: harness.env.METRICS_TOKEN ?? '', ...options });

describe('/ready', () => {
  test('names every dependency to the operator', async () => {
    const { runnerId: id, bootId, url } = harness.newRunner().owner;
    await harness.db
      .insert(harness.schema.runners)
      .values({ id, bootId, url, region: 'local', maxSessions: 1 });
    const up = { status: 'up' };
    expect(await asOperator()).toMatchObject({
      status: 200,
      data: {
        status: 'ready',
        dependencies: { database: up, redis: up, qstash: up, objects: up },
        runners: { status: 'up', online: 1 },
      },
    });
    await harness.db.delete(harness.schema.runners);
  });

  test.each([
    ['redis', { UPSTASH_REDIS_REST_URL: NOWHERE }],
    ['redis', { UPSTASH_REDIS_REST_TOKEN: 'another token of Redis' }],
    ['qstash', { QSTASH_URL: NOWHERE }],
    ['objects', { S3_ENDPOINT: NOWHERE }],
    ['objects', { S3_SECRET_ACCESS_KEY: 'another secret of S3' }],
  ])('is degraded without %s (%j)', async (dependency, env) => {
    expect(await asOperator({ env })).toMatchObject({
      status: 200,
      data: { status: 'degraded', dependencies: { [dependency]: { status: 'down' } } },
    });
  });

  test('is degraded without a runner', async () => {
    expect(await asOperator()).toMatchObject({
      status: 200,
      data: { status: 'degraded', runners: { status: 'down', online: 0 } },
    });
  });

  test('is unavailable without the database, and says so in time', async () => {
    const hanging = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin, {
      holdMs: 10_000,
    });
    const env = { DATABASE_HTTP_URL: `${hanging.url}/sql` };
    expect(await asOperator({ env })).toMatchObject({
      status: 503,
      data: { status: 'unavailable', dependencies: { database: { status: 'down' } } },
    });
  });

  test.each([
    ['nobody', {}, {}],
    ['another token', { key: 'x'.repeat(64) }, {}],
    ['an operator who configured no token', { key: 'undefined' }, { METRICS_TOKEN: '' }],
  ])('says nothing of the parts to %s', async (_who, credential, env) => {
    const { status, data } = await harness.call('GET', '/ready', { ...credential, env });
    expect([status, data]).toEqual([200, { status: 'degraded' }]);
  });
});

test('a flood of strangers costs the database one read in five seconds', async () => {
  const tap = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
  const { clock, get } = oneIsolate({ ...harness.env, DATABASE_HTTP_URL: `${tap.url}/sql` });
  const Body = z.object({ data: z.unknown() });
  const flood = () =>
    Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const answer = await get('/ready', { 'cf-connecting-ip': `192.0.2.${n}` });
        return Body.parse(await answer.json()).data;
      }),
    );
  expect(new Set((await flood()).map((data) => JSON.stringify(data))).size).toBe(1);
  expect(await tap.calls()).toHaveLength(1);
  clock.now += 4_999;
  await flood();
  expect(await tap.calls()).toHaveLength(1);
  clock.now += 1;
  await flood();
  expect(await tap.calls()).toHaveLength(2);
});

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const change = (key: string, id: string, body: Record<string, unknown>, env = {}) =>
  harness.call('PATCH', `/v1/keys/${id}`, { key, body, env });
const read = (key: string, env = {}): Promise<Answer> =>
  harness.call('GET', '/v1/sessions', { key, env });
const send = (key: string): Promise<Answer> =>
  harness.call('POST', '/v1/messages/text', { key, body: { to: '+15550100001', text: 'Hello' } });
const policyOf = ({ headers }: Answer): string | null => headers.get('ratelimit-policy');

describe('requests a minute', () => {
  test('are as the last change said, from the next request on', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace({ perMinute: 500 });
    const { apiKey: key, keyId } = await harness.newKey(workspaceId);
    expect(policyOf(await read(key))).toContain('"minute";q=60;');
    expect(await change(apiKey, keyId, { perMinute: 3 })).toMatchObject({ data: { perMinute: 3 } });
    expect(policyOf(await read(key))).toContain('"minute";q=3;');
    await read(key);
    expect(await read(key)).toMatchObject({ status: 429, error: { code: 'RATE_LIMITED' } });
    await change(apiKey, keyId, { perMinute: 200 });
    const raised = await read(key);
    expect(raised).toMatchObject({ status: 200 });
    expect(policyOf(raised)).toContain('"minute";q=200;');
    await change(apiKey, keyId, { perMinute: null });
    expect(policyOf(await read(key))).toContain('"minute";q=60;');
  });

  test('stay as they are when the key is rotated', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const { keyId } = await harness.newKey(workspaceId);
    await change(apiKey, keyId, { perMinute: 7 });
    const rotated = await harness.call('POST', `/v1/keys/${keyId}/rotate`, { key: apiKey });
    expect(rotated).toMatchObject({ data: { perMinute: 7, key: expect.any(String) } });
    const { key } = rotated.data as { key: string };
    expect(policyOf(await read(key))).toContain('"minute";q=7;');
  });

  test.each([
    ['another request', read],
    ['a send', send],
  ])('are at most those of the tier that the workspace has now, by %s', async (_what, use) => {
    const { workspaceId, apiKey } = await harness.newWorkspace({ perMinute: 6_000 });
    await harness.newSession({ workspaceId, isDefault: true });
    expect(policyOf(await use(apiKey))).toContain('"minute";q=6000;');
    const { workspaces } = harness.schema;
    await harness.db
      .update(workspaces)
      .set({ tier: 'basic' })
      .where(eq(workspaces.id, workspaceId));
    await use(apiKey);
    expect(policyOf(await use(apiKey))).toContain('"minute";q=600;');
  });

  test.each([
    ['another request', read],
    ['a send', send],
  ])('are put right by %s when Redis missed the change', async (_what, use) => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const { apiKey: key, keyId } = await harness.newKey(workspaceId);
    await harness.newSession({ workspaceId, isDefault: true });
    const env = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    expect(await change(apiKey, keyId, { perMinute: 5 }, env)).toMatchObject({ status: 200 });
    expect(policyOf(await use(key))).toContain('"minute";q=60;');
    expect(policyOf(await use(key))).toContain('"minute";q=5;');
  });
});

describe('the last use', () => {
  const rowOf = async (keyId: string) =>
    harness.db.query.apiKeys.findFirst({ where: eq(harness.schema.apiKeys.id, keyId) });
  const setLastUse = (keyId: string, lastUsedAt: Date) =>
    harness.db
      .update(harness.schema.apiKeys)
      .set({ lastUsedAt })
      .where(eq(harness.schema.apiKeys.id, keyId));

  test.each([
    ['another request', read],
    ['a send', send],
  ])('is noted by %s, to the minute', async (_what, use) => {
    const { apiKey, keyId, workspaceId } = await harness.newWorkspace();
    await harness.newSession({ workspaceId, isDefault: true });
    const before = Date.now();
    await use(apiKey);
    const used = (await rowOf(keyId))?.lastUsedAt?.getTime() ?? 0;
    expect(used % 60_000).toBe(0);
    expect(used).toBeGreaterThan(before - 61_000);
    await setLastUse(keyId, new Date(used - 60_000));
    await use(apiKey);
    expect((await rowOf(keyId))?.lastUsedAt?.getTime()).toBeGreaterThanOrEqual(used);
  });

  test.each([
    ['another request', read],
    ['a send', send],
  ])('is not written again by %s in the same minute', async (_what, use) => {
    const { apiKey, keyId, workspaceId } = await harness.newWorkspace();
    await harness.newSession({ workspaceId, isDefault: true });
    // A minute that is not over while this test runs.
    const minute = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 60_000);
    await setLastUse(keyId, minute);
    const version = async () => {
      const { rows } = await harness.db.execute(`select xmin from api_keys where id = '${keyId}'`);
      return rows;
    };
    const before = await version();
    await use(apiKey);
    expect(await version()).toEqual(before);
  });

  test('is not that of a key that was refused', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { isActive: false });
    expect(await read(apiKey)).toMatchObject({ status: 401 });
    expect(await send(apiKey)).toMatchObject({ status: 401 });
    expect((await rowOf(keyId))?.lastUsedAt).toBeNull();
  });
});

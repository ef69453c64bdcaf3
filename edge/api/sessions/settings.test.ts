import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>, workspace?: { maxSessions?: number }) =>
  ownedSession(harness, change, workspace);

describe('changing', () => {
  test('name, pacing, region, traffic and default, and nothing that was not given', async () => {
    const { call, id, runner } = await setUp();
    const changes = {
      name: 'sales desk',
      region: 'fra',
      pacing: { minIntervalMs: 3000, jitterMs: 0 },
      isDefault: true,
      includeStatus: true,
      alwaysOnline: true,
      rejectCalls: true,
      rejectCallText: 'Please write.',
    };
    expect(await call('PATCH', `/${id}`, changes)).toMatchObject({ status: 200, data: changes });
    expect(await call('PATCH', '/sales desk', { includeChannels: true })).toMatchObject({
      data: { ...changes, includeChannels: true },
    });
    expect((await runner.calls()).map(({ name }) => name)).toContain('wake');
    expect(await call('PATCH', `/${id}`, { isDefault: false, region: null })).toMatchObject({
      data: { isDefault: false, region: null },
    });
  });

  test('refuses a taken name, an empty one, and what it does not know', async () => {
    const { call, id, workspaceId } = await setUp();
    const other = await harness.newSession({ workspaceId });
    expect(await call('PATCH', `/${id}`, { name: other.name })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
    for (const wrong of [
      { name: '' },
      { color: 'red' },
      { pacing: { minIntervalMs: -1, jitterMs: 0 } },
    ])
      expect(await call('PATCH', `/${id}`, wrong)).toMatchObject({ status: 422 });
  });

  test('the default is for those who may change the workspace', async () => {
    const { id, workspaceId } = await setUp();
    const owner = await harness.newUser({ workspaceId });
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const pinned = await harness.newKey(workspaceId, { sessionId: id });
    const testing = await harness.newKey(workspaceId, { mode: 'test' });
    const keyOf = async (person: { userId: string }) =>
      (await harness.newKey(workspaceId, { userId: person.userId })).apiKey;
    const patch = (key: string, body: unknown) =>
      harness.call('PATCH', `/v1/sessions/${id}`, { key, body });
    for (const key of [member.token, await keyOf(member), pinned.apiKey, testing.apiKey]) {
      expect(await patch(key, { isDefault: true })).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN' },
      });
      expect(await patch(key, { includeStatus: true })).toMatchObject({
        status: 200,
        data: { isDefault: false },
      });
    }
    const { apiKey: ofWorkspace } = await harness.newKey(workspaceId);
    for (const key of [owner.token, await keyOf(owner), ofWorkspace])
      for (const isDefault of [true, false])
        expect(await patch(key, { isDefault })).toMatchObject({ data: { isDefault } });
  });

  test('not being the default leaves another default alone', async () => {
    const { call, id, workspaceId } = await setUp();
    const other = await harness.newSession({ workspaceId, isDefault: true });
    await call('PATCH', `/${id}`, { isDefault: false });
    expect(await call('GET', `/${other.id}`)).toMatchObject({ data: { isDefault: true } });
  });
});

describe('a proxy', () => {
  const PROXY = { url: 'http://203.0.113.7:3128', username: 'customer', password: 'hunter2' };

  test('is sealed, shown masked, and makes the owner take the session anew', async () => {
    const { call, id, lease } = await setUp();
    const answer = await call('PATCH', `/${id}`, { proxy: PROXY });
    expect(answer).toMatchObject({ status: 422 });
    const open = { ...PROXY, url: 'http://8.8.8.8:3128' };
    const taken = await call('PATCH', `/${id}`, { proxy: open });
    expect(taken).toMatchObject({ status: 200, data: { proxy: 'http://cu***:***@8.8.8.8:3128' } });
    expect(JSON.stringify(taken)).not.toContain('hunter2');
    const [row] = await harness.db
      .select()
      .from(harness.schema.sessions)
      .where(eq(harness.schema.sessions.id, id));
    expect(row?.proxySealed).toMatch(/^v1:[A-Za-z0-9+/=]+$/);
    expect(row?.proxySealed).not.toContain('hunter2');
    expect(await lease()).toMatchObject({ bootId: null, desired: 'running' });
    expect(await call('PATCH', `/${id}`, { proxy: null })).toMatchObject({ data: { proxy: null } });
  });

  test.each([
    ['http', { username: 'a', password: 'b' }, 200],
    ['http', { username: 'a:b', password: 'c' }, 422],
    ['http', { password: 'b' }, 422],
    ['https', { username: 'a' }, 200],
    ['socks5', {}, 200],
    ['socks5', { username: 'a:b', password: 'c' }, 200],
    ['socks5', { username: 'a', password: 'é'.repeat(127) }, 200],
    ['socks5', { username: 'a', password: 'é'.repeat(128) }, 422],
  ])('at %s:// a log-in of %j answers %d', async (scheme, logIn, status) => {
    const { call, id } = await setUp();
    const proxy = { url: `${scheme}://8.8.8.8:1080`, ...logIn };
    expect(await call('PATCH', `/${id}`, { proxy })).toMatchObject({ status });
  });

  test.each([
    ['http://192.168.0.1:8080', /not public/],
    ['http://10.0.0.1:8080', /not public/],
    ['http://169.254.169.254:80', /not public/],
    ['http://[::1]:8080', /not public/],
    ['http://proxy:8080', /full domain name/],
    ['http://user:pw@8.8.8.8:8080', /own fields/],
    ['ftp://8.8.8.8:21', /./],
    ['http://8.8.8.8:8080/path', /no path/],
  ])('%s is refused', async (url, reason) => {
    const { call, id } = await setUp();
    const answer = await call('PATCH', `/${id}`, { proxy: { url } });
    expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
    expect(JSON.stringify(answer.error)).toMatch(reason);
    const created = await call('POST', '', { name: 'with a proxy', proxy: { url } });
    expect(created).toMatchObject({ status: 422 });
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, createHarness, type Harness, idOf } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const call = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  harness.call(method, `/v1/keys${path}`, { key, ...(body === undefined ? {} : { body }) });
const create = (key: string, body: Record<string, unknown>): Promise<Answer> =>
  call(key, 'POST', '', { name: 'made', scopes: ['keys:read'], ...body });
const keyOf = ({ data }: Answer): string => z.object({ key: z.string() }).parse(data).key;
const forbidden = (field?: string) => ({
  status: 403,
  error: { code: 'FORBIDDEN', ...(field === undefined ? {} : { details: { field } }) },
});

/** The two ways in which a key's row is looked at: in the send's own statement, and before the service. */
const WAYS = [
  ['a send', 'POST', '/v1/messages/text', { to: '+15550100001', text: 'Hello' }, 202],
  ['another request', 'GET', '/v1/sessions', undefined, 200],
] as const;

describe.each(WAYS)('by %s', (_what, method, path, body, good) => {
  const use = (key: string, headers: Record<string, string> = {}, env = {}): Promise<Answer> =>
    harness.call(method, path, { key, headers, env, ...(body === undefined ? {} : { body }) });

  const ready = async (mode: 'live' | 'sandbox' = 'sandbox') => {
    const made = await harness.newWorkspace();
    const { workspaceId } = made;
    const { owner } = harness.newRunner();
    const session = await harness.newSession({ workspaceId, mode, owner, isDefault: true });
    return { ...made, session };
  };

  test('a revoked key is refused at once', async () => {
    const { apiKey } = await ready();
    const made = await create(apiKey, { scopes: ['*'] });
    expect(await use(keyOf(made))).toMatchObject({ status: good });
    await call(apiKey, 'DELETE', `/${idOf(made)}`);
    expect(await use(keyOf(made))).toMatchObject({ status: 401, error: { code: 'UNAUTHORIZED' } });
  });

  test('a paused key is refused until it is resumed', async () => {
    const { apiKey } = await ready();
    const made = await create(apiKey, { scopes: ['*'] });
    await call(apiKey, 'PATCH', `/${idOf(made)}`, { isActive: false });
    expect(await use(keyOf(made))).toMatchObject({ status: 401 });
    await call(apiKey, 'PATCH', `/${idOf(made)}`, { isActive: true });
    expect(await use(keyOf(made))).toMatchObject({ status: good });
  });

  test('an expired key is refused', async () => {
    const { workspaceId } = await ready();
    const expired = await harness.newKey(workspaceId, { expiresAt: new Date(Date.now() - 1_000) });
    expect(await use(expired.apiKey)).toMatchObject({ status: 401 });
    const later = await harness.newKey(workspaceId, { expiresAt: new Date(Date.now() + 60_000) });
    expect(await use(later.apiKey)).toMatchObject({ status: good });
  });

  test('a rotated key works in its overlap only', async () => {
    const { apiKey } = await ready();
    const made = await create(apiKey, { scopes: ['*'] });
    await call(apiKey, 'POST', `/${idOf(made)}/rotate`, { overlapSeconds: 600 });
    expect(await use(keyOf(made))).toMatchObject({ status: good });
    await call(apiKey, 'POST', `/${idOf(made)}/rotate`, { overlapSeconds: 0 });
    expect(await use(keyOf(made))).toMatchObject({ status: 401 });
  });

  test.each([
    ['203.0.113.9', ['203.0.113.0/24'], true],
    ['203.0.114.9', ['203.0.113.0/24'], false],
    ['203.0.114.9', ['203.0.113.0/24', '203.0.114.9/32'], true],
    ['::ffff:203.0.113.9', ['203.0.113.0/24'], true],
    ['2001:db8::77', ['2001:db8::/64'], true],
    ['2001:db8:1::77', ['2001:db8::/64'], false],
    ['2001:db8::77', ['0.0.0.0/0'], false],
    ['203.0.113.9', ['::/0'], false],
    ['nonsense', ['0.0.0.0/0', '::/0'], false],
    ['203.0.113.9, 192.0.2.1', ['0.0.0.0/0'], false],
    ['', ['0.0.0.0/0', '::/0'], false],
  ])('from "%s", a key for %j: %s', async (address, allowedIps, allowed) => {
    const { workspaceId } = await ready();
    const { apiKey } = await harness.newKey(workspaceId, { allowedIps });
    const headers = { 'x-forwarded-for': '203.0.113.9', 'cf-connecting-ip': address };
    const answer = await use(apiKey, headers, { CLIENT_IP_HEADER: 'cf-connecting-ip' });
    expect(answer).toMatchObject(allowed ? { status: good } : forbidden());
  });

  test('an address is believed from the configured header only', async () => {
    const { workspaceId } = await ready();
    const { apiKey } = await harness.newKey(workspaceId, { allowedIps: ['203.0.113.0/24'] });
    const headers = { 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.9' };
    expect(await use(apiKey, headers, { CLIENT_IP_HEADER: '' })).toMatchObject(forbidden());
    expect(await use(apiKey, headers, { CLIENT_IP_HEADER: 'x-real-ip' })).toMatchObject(
      forbidden(),
    );
  });
});

test('a test key does not send from a live session, and a pinned one from no other', async () => {
  const { apiKey, workspaceId } = await harness.newWorkspace();
  const { owner } = harness.newRunner();
  const live = await harness.newSession({ workspaceId, mode: 'live', owner });
  const sandbox = await harness.newSession({ workspaceId });
  const send = (key: string, sessionId: string) =>
    harness.call('POST', '/v1/messages/text', {
      key,
      body: { to: '+15550100001', text: 'Hello', sessionId },
    });
  const testKey = keyOf(await create(apiKey, { mode: 'test', scopes: ['messages:send'] }));
  expect(await send(testKey, live.id)).toMatchObject(forbidden());
  expect(await send(testKey, sandbox.id)).toMatchObject({ status: 202 });
  const scopes = ['messages:send', 'sessions:read'];
  const pinned = keyOf(await create(apiKey, { scopes, sessionId: sandbox.id }));
  expect(await send(pinned, live.id)).toMatchObject(forbidden());
  expect(await send(pinned, sandbox.id)).toMatchObject({ status: 202 });
  expect(await harness.call('GET', `/v1/sessions/${live.id}`, { key: pinned })).toMatchObject(
    forbidden(),
  );
});

describe('a key cannot make or get at more than itself', () => {
  test('by making one', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const [one, two] = [
      await harness.newSession({ workspaceId }),
      await harness.newSession({ workspaceId, mode: 'live' }),
    ];
    const limits = {
      scopes: ['keys:*', 'messages:send'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const narrow = keyOf(await create(apiKey, limits));
    expect(await create(narrow, { scopes: ['*'] })).toMatchObject(forbidden('scopes'));
    expect(await create(narrow, { scopes: ['messages:*'] })).toMatchObject(forbidden('scopes'));
    expect(await create(narrow, { expiresAt: null })).toMatchObject(forbidden('expiresAt'));
    expect(await create(narrow, {})).toMatchObject({
      status: 201,
      data: { expiresAt: limits.expiresAt },
    });

    const pinned = keyOf(await create(apiKey, { scopes: ['*'], sessionId: one.id }));
    expect(await create(pinned, { sessionId: two.id })).toMatchObject(forbidden());
    expect(await create(pinned, { sessionId: null })).toMatchObject(forbidden('sessionId'));
    expect(await create(pinned, {})).toMatchObject({ status: 201, data: { sessionId: one.id } });

    const test_ = keyOf(await create(apiKey, { scopes: ['*'], mode: 'test' }));
    expect(await create(test_, { mode: 'live' })).toMatchObject(forbidden('mode'));
    expect(await create(test_, { sessionId: two.id })).toMatchObject(forbidden());
    expect(await create(test_, {})).toMatchObject({ status: 201, data: { mode: 'test' } });
    expect(await create(apiKey, { mode: 'test', sessionId: two.id })).toMatchObject(forbidden());
  });

  test('by changing itself or another', async () => {
    const { apiKey, keyId, workspaceId } = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId });
    const made = await create(apiKey, { scopes: ['keys:*'], allowedIps: ['192.0.2.0/24'] });
    const patch = (id: string, body: unknown) =>
      harness.call('PATCH', `/v1/keys/${id}`, {
        key: keyOf(made),
        body,
        headers: { 'cf-connecting-ip': '192.0.2.1' },
        env: { CLIENT_IP_HEADER: 'cf-connecting-ip' },
      });
    const own = idOf(made);
    expect(await patch(own, { scopes: ['keys:*', 'messages:send'] })).toMatchObject(
      forbidden('scopes'),
    );
    expect(await patch(own, { allowedIps: null })).toMatchObject(forbidden('allowedIps'));
    expect(await patch(own, { allowedIps: ['192.0.0.0/16'] })).toMatchObject(
      forbidden('allowedIps'),
    );
    expect(await patch(own, { sessionId: session.id, name: 'less' })).toMatchObject({
      status: 200,
    });
    expect(await patch(own, { sessionId: null })).toMatchObject(forbidden('sessionId'));
    expect(await patch(keyId, { name: 'x' })).toMatchObject({ status: 404 });
  });

  test('by changing, rotating or revoking one that can do more', async () => {
    const { apiKey, keyId } = await harness.newWorkspace();
    const narrow = keyOf(await create(apiKey, { scopes: ['keys:*'] }));
    expect(await call(narrow, 'PATCH', `/${keyId}`, { isActive: false })).toMatchObject(
      forbidden('scopes'),
    );
    expect(await call(narrow, 'POST', `/${keyId}/rotate`)).toMatchObject(forbidden('scopes'));
    expect(await call(narrow, 'DELETE', `/${keyId}`)).toMatchObject(forbidden('scopes'));
  });

  test('by rotating one that lives longer', async () => {
    const { apiKey, keyId } = await harness.newWorkspace();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const brief = keyOf(await create(apiKey, { scopes: ['*'], expiresAt }));
    expect(await call(brief, 'POST', `/${keyId}/rotate`)).toMatchObject(forbidden('expiresAt'));
    expect(await call(brief, 'PATCH', `/${keyId}`, { name: 'x' })).toMatchObject({ status: 200 });
  });

  test('by looking: a pinned key and a test key see their like', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId });
    const pinned = await create(apiKey, { sessionId: session.id });
    const ofTest = await create(apiKey, { mode: 'test' });
    const seen = async (key: string) =>
      z.array(z.object({ id: z.string() })).parse((await call(key, 'GET', '')).data);
    expect(await seen(keyOf(pinned))).toMatchObject([{ id: idOf(pinned) }]);
    expect(await seen(keyOf(ofTest))).toMatchObject([{ id: idOf(ofTest) }]);
    expect(await seen(apiKey)).toHaveLength(3);
  });
});

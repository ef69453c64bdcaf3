import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const list = (headers: Record<string, string>, env: Record<string, unknown> = {}) =>
  harness.call('GET', '/v1/sessions', { headers, env });

/** A workspace whose one session says by its name who was let in. */
async function keyAndUser() {
  const ofKey = await harness.newWorkspace();
  const user = await harness.newUser();
  await harness.newSession({ workspaceId: ofKey.workspaceId, name: 'key' });
  await harness.newSession({ workspaceId: user.workspaceId, name: 'user' });
  return { ...ofKey, user };
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

describe('which credential counts', () => {
  test('each kind lets its own in', async () => {
    const { apiKey, user } = await keyAndUser();
    const name = (name: string) => ({ status: 200, data: [{ name }] });
    expect(await list(bearer(apiKey))).toMatchObject(name('key'));
    expect(await list({ 'x-api-key': apiKey })).toMatchObject(name('key'));
    expect(await list(bearer(user.token))).toMatchObject(name('user'));
    expect(await list({ cookie: user.cookie })).toMatchObject(name('user'));
    expect(await list({ cookie: `theme=dark; ${user.cookie}; a=b` })).toMatchObject(name('user'));
  });

  test('Authorization goes before the others', async () => {
    const { apiKey, user } = await keyAndUser();
    const both = await list({ ...bearer(apiKey), cookie: user.cookie });
    expect(both).toMatchObject({ data: [{ name: 'key' }] });
    const token = await list({ ...bearer(user.token), 'x-api-key': apiKey });
    expect(token).toMatchObject({ data: [{ name: 'user' }] });
    const key = await list({ 'x-api-key': apiKey, cookie: user.cookie });
    expect(key).toMatchObject({ data: [{ name: 'key' }] });
  });

  test.each(['', 'Bearer', 'Bearer a b', 'Basic dXNlcjpwYXNz', 'Bearer nonsense', 'wp_live_x'])(
    'a malformed Authorization %j is 401, also beside a good key and cookie',
    async (authorization) => {
      const { apiKey, user } = await keyAndUser();
      expect(await list({ authorization, 'x-api-key': apiKey, cookie: user.cookie })).toMatchObject(
        { status: 401 },
      );
    },
  );

  test('a bad key in x-api-key is 401, also beside a good cookie', async () => {
    const { apiKey, user } = await keyAndUser();
    const headers = { 'x-api-key': `${apiKey.slice(0, -3)}AAA`, cookie: user.cookie };
    expect(await list(headers)).toMatchObject({ status: 401 });
  });

  test('a user token is no API key, and the other way round', async () => {
    const { user } = await keyAndUser();
    expect(await list({ 'x-api-key': user.token })).toMatchObject({ status: 401 });
  });
});

describe('the cookie', () => {
  const forge = ({ cookie }: TestUser, change: (value: string) => string) => {
    const [name = '', value = ''] = cookie.split(/=(.*)/s);
    return `${name}=${encodeURIComponent(change(decodeURIComponent(value)))}`;
  };

  test('is worth nothing without its signature, and with another one', async () => {
    const [ann, bob] = await Promise.all([harness.newUser(), harness.newUser()]);
    const signatureOf = (user: TestUser) => decodeURIComponent(user.cookie).split('.').at(-1);
    const forged = [
      forge(ann, (value) => value.slice(0, value.lastIndexOf('.'))),
      forge(ann, (value) => value.replace(/\.[^.]+$/, `.${signatureOf(bob)}`)),
      forge(ann, (value) => value.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))),
      forge(ann, () => ''),
      forge(ann, () => '.'),
    ];
    const answers = await Promise.all(forged.map((cookie) => list({ cookie })));
    expect(answers.map(({ status }) => status)).toEqual(forged.map(() => 401));
  });

  test('is refused from a page of another origin, and taken from our own', async () => {
    const { cookie } = await harness.newUser();
    expect(await list({ cookie, origin: 'https://evil.example.com' })).toMatchObject({
      status: 403,
    });
    expect(await list({ cookie, origin: 'http://waypost.test' })).toMatchObject({ status: 200 });
  });
});

describe('the state of a user', () => {
  test('not confirmed: 403; workspace suspended: 403', async () => {
    const { users, workspaces } = harness.schema;
    const ann = await harness.newUser();
    await harness.db.update(users).set({ emailVerified: false }).where(eq(users.id, ann.userId));
    expect(await list(bearer(ann.token))).toMatchObject({
      status: 403,
      error: { details: { reason: 'email_not_verified' } },
    });
    const bob = await harness.newUser();
    await harness.db
      .update(workspaces)
      .set({ isActive: false })
      .where(eq(workspaces.id, bob.workspaceId));
    for (const headers of [bearer(bob.token), { cookie: bob.cookie }])
      expect(await list(headers)).toMatchObject({
        status: 403,
        error: { details: { reason: 'workspace_suspended' } },
      });
  });

  test('a suspended workspace does not keep an administrator from administering', async () => {
    const { workspaces } = harness.schema;
    const admin = await harness.newUser({ isAdmin: true });
    await harness.db
      .update(workspaces)
      .set({ isActive: false })
      .where(eq(workspaces.id, admin.workspaceId));
    const get = (path: string) => harness.call('GET', path, { key: admin.token });
    expect(await get('/v1/admin/users')).toMatchObject({ status: 200 });
    expect(await get('/v1/sessions')).toMatchObject({ status: 403 });
  });
});

describe('the limit of a user', () => {
  test('is one for all their credentials', async () => {
    const { token, cookie } = await harness.newUser();
    const left = async (headers: Record<string, string>) =>
      Number((await list(headers)).headers.get('x-ratelimit-remaining'));
    const first = await list(bearer(token));
    expect(first.headers.get('ratelimit-policy')).toBe('"user";q=300;w=60');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('299');
    // The isolate learns whose cookie it is by the first request with it.
    await left({ cookie });
    expect(await left({ cookie })).toBe(298);
    expect(await left(bearer(token))).toBe(297);
  });

  test('refuses the 301st request of a minute, before the database is asked again', async () => {
    const { token } = await harness.newUser();
    // In the isolate's own window, whose count is exact.
    const noRedis = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    let refused = 0;
    for (let sent = 0; sent < 305; sent += 61) {
      const batch = Array.from({ length: 61 }, () => list(bearer(token), noRedis));
      refused += (await Promise.all(batch)).filter(({ status }) => status === 429).length;
    }
    expect(refused).toBe(5);
    const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const env = { ...noRedis, DATABASE_HTTP_URL: `${database.url}/sql` };
    const answer = await list(bearer(token), env);
    expect(answer).toMatchObject({
      status: 429,
      error: { details: { window: 'user', limit: 300 } },
    });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await database.calls()).toEqual([]);
    const another = await harness.newUser();
    expect(await list(bearer(another.token), noRedis)).toMatchObject({ status: 200 });
  });

  test('is reported before a revoked key', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { perMinute: 1 });
    expect(await list(bearer(apiKey))).toMatchObject({ status: 200 });
    const { apiKeys } = harness.schema;
    await harness.db.update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, keyId));
    expect(await list(bearer(apiKey))).toMatchObject({ status: 429 });
  });
});

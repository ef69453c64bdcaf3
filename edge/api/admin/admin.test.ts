import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf, type TestUser } from '../../testing/harness.ts';
import { mailbox } from '../../testing/mailbox.ts';
import { securityEvents } from '../../testing/security-events.ts';

let harness: Harness;
let admin: TestUser;
beforeAll(async () => {
  harness = await createHarness();
  admin = await harness.newUser({ isAdmin: true });
});

const get = (path: string, key = admin.token) => harness.call('GET', `/v1/admin${path}`, { key });
const patch = (path: string, body: unknown, key = admin.token) =>
  harness.call('PATCH', `/v1/admin${path}`, { key, body });

describe('administration', () => {
  const routes = [
    ['GET', '/users', undefined],
    ['POST', '/users', { email: 'x@example.com', name: 'x' }],
    ['PATCH', `/users/${newId('user')}`, { isActive: false }],
    ['GET', '/workspaces', undefined],
    ['GET', `/workspaces/${newId('workspace')}`, undefined],
    ['PATCH', `/workspaces/${newId('workspace')}`, { tier: 'max' }],
    ['GET', '/runners', undefined],
    ['GET', '/sessions', undefined],
  ] as const;

  test.each(routes)('%s %s is for platform administrators', async (method, path, body) => {
    const owner = await harness.newUser();
    const { apiKey } = await harness.newKey(admin.workspaceId);
    for (const key of [owner.token, apiKey])
      expect(
        await harness.call(method, `/v1/admin${path}`, {
          key,
          ...(body === undefined ? {} : { body }),
        }),
      ).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });

  test.each(routes)('%s %s is held to ADMIN_ALLOWED_IPS', async (method, path, body) => {
    const env = { ADMIN_ALLOWED_IPS: '192.0.2.0/24,2001:db8::/32' };
    const from = (address: string) =>
      harness.call(method, `/v1/admin${path}`, {
        key: admin.token,
        env,
        headers: { 'cf-connecting-ip': address },
        ...(body === undefined ? {} : { body }),
      });
    for (const address of ['198.51.100.7', '2001:db9::1', 'nowhere', ''])
      expect(await from(address), address).toMatchObject({
        status: 403,
        error: { message: expect.stringContaining('address') },
      });
    for (const address of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::1'])
      expect((await from(address)).status, address).not.toBe(403);
  });

  test('goes on from a suspended workspace', async () => {
    const { workspaceId, token } = await harness.newUser({ isAdmin: true });
    expect(await patch(`/workspaces/${workspaceId}`, { isActive: false }, token)).toMatchObject({
      status: 200,
    });
    expect(await harness.call('GET', '/v1/workspace', { key: token })).toMatchObject({
      status: 403,
    });
    expect(await patch(`/workspaces/${workspaceId}`, { isActive: true }, token)).toMatchObject({
      status: 200,
      data: { isActive: true },
    });
  });
});

describe('people', () => {
  test('are listed page by page, and found by a part of their address', async () => {
    const tag = crypto.randomUUID();
    const made = [];
    for (const name of ['a', 'b', 'c'])
      made.push(await harness.newUser({ email: `${name}-${tag}@example.com` }));
    const first = await get(`/users?limit=2&email=${tag.toUpperCase()}`);
    expect(first).toMatchObject({
      status: 200,
      data: [
        { id: made[2]?.userId, email: `c-${tag}@example.com`, role: 'user', isActive: true },
        { id: made[1]?.userId },
      ],
    });
    const cursor = String(first.meta['nextCursor']);
    expect(await get(`/users?limit=2&email=${tag.toUpperCase()}&cursor=${cursor}`)).toMatchObject({
      data: [{ id: made[0]?.userId }],
      meta: { nextCursor: null },
    });
    expect((await get('/users?email=%25')).data).toEqual([]);
  });

  test('are out at once when disabled, and come back with a new login only', async () => {
    const { userId, token, cookie } = await harness.newUser();
    const me = (options: object) => harness.call('GET', '/v1/me', options);
    expect(await me({ key: token })).toMatchObject({ status: 200 });
    expect(await patch(`/users/${userId}`, { isActive: false })).toMatchObject({
      status: 200,
      data: { id: userId, isActive: false },
    });
    for (const options of [{ key: token }, { headers: { cookie } }])
      expect(await me(options)).toMatchObject({ status: 401 });
    expect(await patch(`/users/${userId}`, { isActive: true })).toMatchObject({
      data: { isActive: true },
    });
    for (const options of [{ key: token }, { headers: { cookie } }])
      expect(await me(options)).toMatchObject({ status: 401 });
    expect(await securityEvents(harness, null, userId)).toMatchObject([
      { action: 'user.disabled', actorId: admin.userId },
      { action: 'user.enabled' },
    ]);
  });

  test('become administrators, and are none any more, from the next request on', async () => {
    const { userId, token } = await harness.newUser();
    expect(await get('/runners', token)).toMatchObject({ status: 403 });
    await patch(`/users/${userId}`, { role: 'admin' });
    expect(await get('/runners', token)).toMatchObject({ status: 200 });
    await patch(`/users/${userId}`, { role: 'user' });
    expect(await get('/runners', token)).toMatchObject({ status: 403 });
    expect(await securityEvents(harness, null, userId)).toMatchObject([
      { action: 'user.role_changed', details: { from: 'user', to: 'admin' } },
      { action: 'user.role_changed', details: { from: 'admin', to: 'user' } },
    ]);
  });

  test('that are not there cannot be changed', async () => {
    expect(await patch(`/users/${newId('user')}`, { isActive: false })).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
  });

  test.each([[{ role: 'owner' }], [{ isActive: null }], [{ email: 'x@example.com' }]])(
    'refuses %j',
    async (body) => {
      expect(await patch(`/users/${admin.userId}`, body)).toMatchObject({ status: 422 });
    },
  );
});

describe('an administrator whom ADMIN_EMAILS names', () => {
  test('keeps the role until the address is off the list, and can be disabled', async () => {
    const { userId, email } = await harness.newUser({ isAdmin: true });
    const change = (body: unknown, listed: string) =>
      harness.call('PATCH', `/v1/admin/users/${userId}`, {
        key: admin.token,
        body,
        env: { ADMIN_EMAILS: listed },
      });
    const both = `someone@example.com,${email.toUpperCase()}`;
    expect(await change({ role: 'user' }, both)).toMatchObject({
      status: 409,
      error: {
        code: 'CONFLICT',
        message: expect.stringContaining('ADMIN_EMAILS'),
        details: { reason: 'admin_email' },
      },
    });
    for (const body of [{ isActive: false }, { isActive: true }, { role: 'admin' }])
      expect(await change(body, both)).toMatchObject({ status: 200, data: { role: 'admin' } });
    expect(await change({ role: 'user' }, 'someone@example.com')).toMatchObject({
      status: 200,
      data: { role: 'user' },
    });
  });
});

describe('the last administrator', () => {
  test('stays', async () => {
    const alone = await createHarness();
    const { userId, token: key } = await alone.newUser({ isAdmin: true });
    const disabled = await alone.newUser({ isAdmin: true });
    const { users } = alone.schema;
    await alone.db.update(users).set({ isActive: false }).where(eq(users.id, disabled.userId));
    for (const body of [{ role: 'user' }, { isActive: false }])
      expect(await alone.call('PATCH', `/v1/admin/users/${userId}`, { key, body })).toMatchObject({
        status: 409,
        error: { details: { reason: 'last_admin' } },
      });
    expect(
      await alone.call('PATCH', `/v1/admin/users/${disabled.userId}`, {
        key,
        body: { role: 'user' },
      }),
    ).toMatchObject({ status: 200 });
  });

  test.each([[{ role: 'user' }], [{ isActive: false }]])(
    'is left when two change each other to %j at once',
    async (body) => {
      const alone = await createHarness();
      for (let round = 0; round < 4; round += 1) {
        await alone.db.update(alone.schema.users).set({ role: 'user' });
        const [first, second] = [
          await alone.newUser({ isAdmin: true }),
          await alone.newUser({ isAdmin: true }),
        ];
        const act = (by: TestUser, { userId }: TestUser) =>
          alone.call('PATCH', `/v1/admin/users/${userId}`, { key: by.token, body });
        const answers = await Promise.all([act(first, second), act(second, first)]);
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        const rows = await alone.db.query.users.findMany();
        expect(rows.filter(({ role, isActive }) => role === 'admin' && isActive)).toHaveLength(1);
      }
    },
  );
});

describe('workspaces', () => {
  test('are listed and shown with tier, limit and what is used', async () => {
    const { workspaceId } = await harness.newWorkspace({ tier: 'pro' });
    await harness.newSession({ workspaceId });
    await harness.newUser({ workspaceId });
    const shown = {
      id: workspaceId,
      tier: 'pro',
      maxSessions: 20,
      maxSessionsOverride: null,
      sessionsUsed: 1,
      members: 1,
      isActive: true,
    };
    expect(await get(`/workspaces/${workspaceId}`)).toMatchObject({ status: 200, data: shown });
    const first = await get('/workspaces?limit=1');
    expect(first).toMatchObject({ status: 200, data: [shown] });
    const next = await get(`/workspaces?limit=1&cursor=${String(first.meta['nextCursor'])}`);
    expect(next.status).toBe(200);
    expect(next.data).not.toMatchObject([{ id: workspaceId }]);
  });

  test('get a tier and a limit, and lose the limit again', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace({ tier: 'basic' });
    const path = `/workspaces/${workspaceId}`;
    const limit = async () => (await harness.call('GET', '/v1/workspace', { key: apiKey })).data;
    for (const [body, maxSessions, maxSessionsOverride] of [
      [{ tier: 'pro' }, 20, null],
      [{ maxSessions: 60 }, 60, 60],
      [{ tier: 'max', name: 'Big one' }, 60, 60],
      [{ maxSessions: 'unlimited' }, 'unlimited', 'unlimited'],
      [{ maxSessions: 0 }, 0, 0],
      [{ maxSessions: null }, 40, null],
    ] as const) {
      expect(await patch(path, body)).toMatchObject({
        status: 200,
        data: { maxSessions, maxSessionsOverride },
      });
      expect(await limit()).toMatchObject({ maxSessions });
    }
    expect(await get(path)).toMatchObject({ data: { name: 'Big one', tier: 'max' } });
    const told = await securityEvents(harness, workspaceId);
    expect(told).toMatchObject([
      { action: 'workspace.tier_changed', details: { from: 'basic', to: 'pro' } },
      { action: 'workspace.limit_changed', details: { from: null, to: 60 } },
      { action: 'workspace.tier_changed', details: { from: 'pro', to: 'max' } },
      { action: 'workspace.limit_changed' },
      { action: 'workspace.limit_changed' },
      { action: 'workspace.limit_changed' },
    ]);
    expect(told.map(({ address }) => address)).toEqual(told.map(() => null));
  });

  test('that are suspended let nobody in, and go on when they are back', async () => {
    const { workspaceId, token, cookie } = await harness.newUser();
    const { apiKey } = await harness.newKey(workspaceId);
    const credentials = [{ key: token }, { key: apiKey }, { headers: { cookie } }];
    const path = `/workspaces/${workspaceId}`;
    await patch(path, { isActive: false });
    for (const options of credentials)
      expect(await harness.call('GET', '/v1/sessions', options)).toMatchObject({
        status: 403,
        error: { details: { reason: 'workspace_suspended' } },
      });
    await patch(path, { isActive: false });
    expect(await patch(path, { isActive: true })).toMatchObject({ data: { isActive: true } });
    for (const options of credentials)
      expect(await harness.call('GET', '/v1/sessions', options)).toMatchObject({ status: 200 });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([
      { action: 'workspace.suspended', actorId: admin.userId, target: workspaceId },
      { action: 'workspace.resumed' },
    ]);
  });

  test('that are not there are 404', async () => {
    const id = newId('workspace');
    for (const answer of [
      await get(`/workspaces/${id}`),
      await patch(`/workspaces/${id}`, { tier: 'max' }),
    ])
      expect(answer).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
  });

  test.each([
    [{ tier: 'huge' }],
    [{ maxSessions: -1 }],
    [{ maxSessions: 2.5 }],
    [{ maxSessions: 2_147_483_647 }],
    [{ maxSessions: 'none' }],
    [{ isActive: 'no' }],
    [{ id: 'wks_x' }],
  ])('refuses %j', async (body) => {
    const { workspaceId } = await harness.newWorkspace();
    expect(await patch(`/workspaces/${workspaceId}`, body)).toMatchObject({ status: 422 });
  });
});

describe('the fleet', () => {
  test('is shown with what each runner carries, and whether it lives', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const [alive, dead] = [`a-${crypto.randomUUID()}`, `d-${crypto.randomUUID()}`];
    for (const runnerId of [alive, dead])
      await harness.newSession({
        workspaceId,
        owner: { runnerId, bootId: 'boot-1', url: 'http://10.1.2.3:8080/secret' },
      });
    const { runners } = harness.schema;
    const heartbeatAt = new Date(Date.now() - 60_000);
    await harness.db.update(runners).set({ heartbeatAt }).where(eq(runners.id, dead));
    const answer = await get('/runners');
    const carried = { host: '10.1.2.3:8080', region: 'local', maxSessions: 10, sessions: 1 };
    expect(answer.data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...carried, id: alive, alive: true }),
        expect.objectContaining({ ...carried, id: dead, alive: false }),
      ]),
    );
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('has the sessions of all workspaces', async () => {
    const [one, other] = [await harness.newWorkspace(), await harness.newWorkspace()];
    const mine = await harness.newSession({ workspaceId: one.workspaceId, status: 'qr' });
    const theirs = await harness.newSession({ workspaceId: other.workspaceId, status: 'failed' });
    const { sessions } = harness.schema;
    const archivedAt = new Date();
    await harness.db.update(sessions).set({ archivedAt }).where(eq(sessions.id, mine.id));
    const first = await get('/sessions?limit=1');
    expect(first).toMatchObject({
      status: 200,
      data: [{ id: theirs.id, workspaceId: other.workspaceId, status: 'failed' }],
    });
    const next = await get(`/sessions?limit=1&cursor=${String(first.meta['nextCursor'])}`);
    expect(next).toMatchObject({
      data: [{ id: mine.id, workspaceId: one.workspaceId, archivedAt: archivedAt.toISOString() }],
    });
    expect(next.data).not.toHaveProperty([0, 'wireKey']);
    const ids = async (query: string) =>
      z.array(z.object({ id: z.string() })).parse((await get(`/sessions?${query}`)).data);
    expect(await ids(`workspaceId=${one.workspaceId}`)).toEqual([{ id: mine.id }]);
    expect(await ids(`workspaceId=${one.workspaceId}&status=failed`)).toEqual([]);
    expect(await get('/sessions?status=asleep')).toMatchObject({ status: 422 });
  });
});

describe('an account that an administrator makes', () => {
  const make = (body: unknown) =>
    harness.call('POST', '/v1/admin/users', { key: admin.token, body });

  test('is opened by the mailed link, and has a workspace then', async () => {
    const email = `made-${crypto.randomUUID()}@example.com`;
    const made = await make({ email: email.toUpperCase(), name: 'Ben Example' });
    expect(made).toMatchObject({
      status: 201,
      data: { email, name: 'Ben Example', role: 'user', emailVerified: false, isActive: true },
    });
    expect(await securityEvents(harness, null, idOf(made))).toMatchObject([
      { action: 'user.created', actorId: admin.userId, details: { role: 'user' } },
    ]);
    const password = 'correct horse battery staple';
    const signIn = () =>
      harness.request('POST', '/auth/sign-in/email', { body: { email, password } });
    expect((await signIn()).status).toBe(401);
    const link = await mailbox(harness.env).link(email, /password/);
    const token = link.searchParams.get('token');
    const reset = await harness.request('POST', '/auth/reset-password', {
      body: { newPassword: password, token },
    });
    expect(reset.status).toBe(200);
    const signedIn = await signIn();
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    expect(await harness.call('GET', '/v1/me', { headers: { cookie } })).toMatchObject({
      status: 200,
      data: { id: idOf(made), emailVerified: true, memberships: [{ role: 'owner' }] },
    });
  });

  test('is refused for an address that has one', async () => {
    const { email } = await harness.newUser();
    expect(await make({ email, name: 'Ben Example' })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
  });

  test.each([
    [{ email: 'nobody', name: 'x' }],
    [{ email: 'ben@example.com' }],
    [{ email: 'ben@example.com', name: 'x', role: 'owner' }],
    [{ email: 'ben@example.com', name: 'x', password: 'secret' }],
  ])('refuses %j', async (body) => {
    expect(await make(body)).toMatchObject({ status: 422 });
  });
});

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, idOf, type TestUser } from '../../testing/harness.ts';
import { mailbox } from '../../testing/mailbox.ts';
import { authClient } from '../../testing/person.ts';
import { securityEvents } from '../../testing/security-events.ts';

const harness = await createHarness();
const admin: TestUser = await harness.newUser({ isAdmin: true });
const people = authClient(harness);

const get = (path: string, key = admin.token) => harness.call('GET', `/v1/admin${path}`, { key });
const patch = (path: string, body: unknown, key = admin.token) =>
  harness.call('PATCH', `/v1/admin${path}`, { key, body });

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

  test('lose access at once when disabled, and need a new login when enabled again', async () => {
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

  test('are not made administrators before they have confirmed their address', async () => {
    const { userId } = await harness.newUser();
    const { users } = harness.schema;
    await harness.db.update(users).set({ emailVerified: false }).where(eq(users.id, userId));
    expect(await patch(`/users/${userId}`, { role: 'admin' })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: { reason: 'email_not_verified' } },
    });
    expect(await patch(`/users/${userId}`, { isActive: false })).toMatchObject({ status: 200 });
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

  test('replaces one that a stranger opened with the address and nobody confirmed', async () => {
    const stranger = people.newPerson('Somebody Else');
    const { email } = stranger;
    await people.post('/sign-up/email', stranger);
    const confirm = await people.mails.link(email, /confirm/i);
    const made = await make({ email, name: 'Ben Example', role: 'admin' });
    expect(made).toMatchObject({ status: 201, data: { name: 'Ben Example', role: 'admin' } });
    await people.open(confirm);
    expect(await people.signIn(stranger)).toMatchObject({ status: 401 });
    await people.mails.link(email, /password/i);
  });

  test('of an administrator gets no password from a stranger who signs up with the address', async () => {
    const stranger = people.newPerson('Somebody Else');
    const { email } = stranger;
    await make({ email, name: 'Ben Example', role: 'admin' });
    await people.post('/sign-up/email', stranger);
    await people.open(await people.mails.link(email, /confirm/i));
    expect(await people.signIn(stranger)).toMatchObject({ status: 401 });
    expect(await get(`/users?email=${email}`)).toMatchObject({ data: [{ name: 'Ben Example' }] });
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

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const adminEmail = `chief-${crypto.randomUUID()}@example.com`;
const harness = await createHarness({ ADMIN_EMAILS: adminEmail.toUpperCase() });
const { post, get, mails, open, newPerson, confirmed, signIn, signedIn, who } = authClient(harness);
const { db, schema } = harness;

const nobody = { status: 200, body: null };
const userIdOf = async (email: string) =>
  (await db.select().from(schema.users).where(eq(schema.users.email, email)))[0]?.id ?? '';
const eventsOf = async (email: string) =>
  (
    await db
      .select()
      .from(schema.auditLog)
      .where(eq(schema.auditLog.target, await userIdOf(email)))
      .orderBy(schema.auditLog.id)
  ).map(({ action }) => action);

describe('a login', () => {
  test('has a new name each time, and never the one that the browser brought', async () => {
    const person = await confirmed();
    const first = await signIn(person);
    const fixed = 'waypost.session_token=chosen.by-somebody-else';
    for (const cookie of [first.cookie, fixed]) {
      const next = await signIn(person, { headers: { cookie } });
      expect(next.status).toBe(200);
      expect(next.cookie).toMatch(/^waypost\.session_token=/);
      expect(next.cookie).not.toBe(first.cookie);
      expect(next.cookie).not.toContain('chosen');
    }
    expect(await who(fixed)).toMatchObject(nobody);
    const [token = ''] = decodeURIComponent(first.cookie.split('=')[1] ?? '').split('.');
    expect(await who(`waypost.session_token=${token}`)).toMatchObject(nobody);
    expect(await who(`waypost.session_token=${token}.${'A'.repeat(43)}%3D`)).toMatchObject(nobody);
  });

  test('is a Secure cookie over TLS', async () => {
    const person = await confirmed();
    const env = { BASE_URL: 'https://waypost.test' };
    const entered = await signIn(person, { env });
    expect(entered.headers.getSetCookie()[0]).toMatch(
      /^__Secure-waypost\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { cookie } = entered;
    expect(await get('/get-session', { env, headers: { cookie } })).toMatchObject({
      body: { user: { email: person.email } },
    });
    expect(entered.headers.get('cache-control')).toBe('no-store');
  });

  test('ends with sign-out, and is said to have ended only when it has', async () => {
    const { cookie, email } = await signedIn();
    const other = await who(cookie);
    expect(other).toMatchObject({ body: { user: { email } } });
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    expect(await post('/sign-out', undefined, { env, headers: { cookie } })).toMatchObject({
      status: 503,
      code: 'UNAVAILABLE',
    });
    const out = await post('/sign-out', undefined, { headers: { cookie } });
    expect(out).toMatchObject({ status: 200, body: { success: true } });
    expect(out.headers.getSetCookie()[0]).toMatch(/^waypost\.session_token=; Max-Age=0/);
    expect(await who(cookie)).toMatchObject(nobody);
    expect(await post('/sign-out', {})).toMatchObject({ status: 200, body: { success: true } });
  });

  test('can be ended everywhere', async () => {
    const { cookie, ...person } = await signedIn();
    const elsewhere = (await signIn(person)).cookie;
    const list = await get('/list-sessions', { headers: { cookie } });
    expect(z.array(z.object({ id: z.string().regex(/^aus_/) })).parse(list.body)).toHaveLength(2);
    expect(await post('/revoke-sessions', {}, { headers: { cookie } })).toMatchObject({
      status: 200,
      body: { status: true },
    });
    for (const old of [cookie, elsewhere]) {
      expect(await who(old)).toMatchObject(nobody);
      const headers = { cookie: old };
      expect(await get('/list-sessions', { headers })).toMatchObject({ status: 401 });
      expect(await post('/revoke-sessions', {}, { headers })).toMatchObject({ status: 401 });
    }
    expect((await signIn(person)).status).toBe(200);
    expect(await eventsOf(person.email)).toContain('sessions.revoked');
  });

  test('of a disabled user is over, and none can be made', async () => {
    const { cookie, ...person } = await signedIn();
    await post('/request-password-reset', { email: person.email });
    const reset = await mails.link(person.email, /new password/);
    await db
      .update(schema.users)
      .set({ isActive: false })
      .where(eq(schema.users.email, person.email));

    expect(await who(cookie)).toMatchObject(nobody);
    expect(await signIn(person)).toMatchObject({
      status: 403,
      code: 'ACCOUNT_DISABLED',
      cookie: '',
    });
    expect(await signIn({ ...person, password: 'wrong' })).toMatchObject({
      status: 401,
      code: 'INVALID_EMAIL_OR_PASSWORD',
    });
    const token = reset.searchParams.get('token');
    expect(await post('/reset-password', { token, newPassword: 'a new password' })).toMatchObject({
      status: 422,
      code: 'INVALID_TOKEN',
    });
    const before = (await mails.list(person.email)).length;
    expect((await post('/request-password-reset', { email: person.email })).status).toBe(200);
    expect((await post('/sign-up/email', person)).status).toBe(200);
    expect(await mails.list(person.email)).toHaveLength(before);
  });

  test('makes an administrator of an address in ADMIN_EMAILS, once it is confirmed', async () => {
    const person = { ...newPerson(), email: adminEmail };
    const role = async () =>
      (await db.select().from(schema.users).where(eq(schema.users.email, adminEmail)))[0]?.role;
    await post('/sign-up/email', person);
    await signIn(person);
    expect(await role()).toBe('user');
    await open(await mails.link(adminEmail, /confirm/i));
    await signIn(person);
    expect(await role()).toBe('admin');
    await signIn(person);
    const events = await eventsOf(adminEmail);
    expect(events.filter((action) => action === 'user.role_changed')).toHaveLength(1);
    const { auditLog } = schema;
    const changed = eq(auditLog.action, 'user.role_changed');
    expect(await db.select().from(auditLog).where(changed)).toMatchObject([
      { workspaceId: null, details: { from: 'user', to: 'admin', by: 'ADMIN_EMAILS' } },
    ]);
  });
});

describe('a password', () => {
  test('is changed with the old one, and every other login ends', async () => {
    const { cookie, ...person } = await signedIn();
    const elsewhere = (await signIn(person)).cookie;
    const headers = { cookie };
    const newPassword = 'a new password';
    const body = { currentPassword: person.password, newPassword };
    expect(
      await post('/change-password', { ...body, currentPassword: 'wrong one' }, { headers }),
    ).toMatchObject({ status: 422, code: 'INVALID_PASSWORD' });
    expect(await post('/change-password', body)).toMatchObject({ status: 401 });
    const changed = await post('/change-password', body, { headers });
    expect(changed).toMatchObject({ status: 200, body: { user: { email: person.email } } });
    for (const old of [cookie, elsewhere]) expect(await who(old)).toMatchObject(nobody);
    expect(await who(changed.cookie)).toMatchObject({ body: { user: { email: person.email } } });
    expect((await signIn(person)).status).toBe(401);
    expect((await signIn({ ...person, password: newPassword })).status).toBe(200);
  });

  test('is reset by a mailed link, once, and every login ends', async () => {
    const { cookie, ...person } = await signedIn();
    const asked = await post('/request-password-reset', {
      email: person.email,
      redirectTo: '/choose?x=1',
    });
    expect(asked).toMatchObject({ status: 200, body: { status: true } });
    const link = await mails.link(person.email, /new password/);
    expect(`${link.origin}${link.pathname}`).toBe('http://waypost.test/choose');
    const token = link.searchParams.get('token');
    const kept = await db.select().from(schema.authVerifications);
    expect(JSON.stringify(kept)).not.toContain(token);

    const newPassword = 'a new password';
    const reset = () => post('/reset-password', { token, newPassword });
    expect(await reset()).toMatchObject({ status: 200, body: { status: true } });
    expect(await who(cookie)).toMatchObject(nobody);
    expect((await signIn(person)).status).toBe(401);
    expect((await signIn({ ...person, password: newPassword })).status).toBe(200);
    expect(await reset()).toMatchObject({ status: 422, code: 'INVALID_TOKEN' });
  });

  test('that is reset confirms the address, since the link was mailed there', async () => {
    const person = newPerson();
    await post('/sign-up/email', person);
    const early = await mails.link(person.email, /confirm/i);
    await post('/request-password-reset', { email: person.email });
    const token = (await mails.link(person.email, /new password/)).searchParams.get('token');
    await post('/reset-password', { token, newPassword: 'the owner’s own' });
    expect((await signIn(person)).status).toBe(401);
    expect((await signIn({ ...person, password: 'the owner’s own' })).status).toBe(200);
    expect((await open(early)).status).toBe(302);
  });

  test('cannot be requested with a foreign address to return to', async () => {
    const { email } = await confirmed();
    const evil = { email, redirectTo: 'https://evil.example/' };
    expect(await post('/request-password-reset', evil)).toMatchObject({ status: 403 });
  });
});

describe('the audit log', () => {
  test('has the events of an account, in order, and no address of a stranger', async () => {
    const person = await confirmed();
    await signIn({ ...person, password: 'wrong one' });
    const { cookie } = await signIn(person);
    const body = { currentPassword: person.password, newPassword: 'a new password' };
    const changed = await post('/change-password', body, { headers: { cookie } });
    await post('/sign-out', {}, { headers: { cookie: changed.cookie } });
    expect(await eventsOf(person.email)).toEqual([
      'user.signed_up',
      'user.sign_in_failed',
      'user.signed_in',
      'password.changed',
      'user.signed_out',
    ]);
    const userId = await userIdOf(person.email);
    const rows = await db.select().from(schema.auditLog).where(eq(schema.auditLog.target, userId));
    expect(rows.find(({ action }) => action === 'user.sign_in_failed')).toMatchObject({
      kind: 'security',
      actorType: 'none',
      actorId: null,
      details: { reason: 'INVALID_EMAIL_OR_PASSWORD', method: 'password' },
      address: expect.stringMatching(/^10\./),
      requestId: expect.stringMatching(/^req_/),
    });
    expect(rows.find(({ action }) => action === 'user.signed_in')).toMatchObject({
      actorType: 'user',
      actorId: userId,
      details: { method: 'password' },
    });

    const [member] = await db.query.members.findMany({ where: eq(schema.members.userId, userId) });
    expect(rows.find(({ action }) => action === 'user.signed_out')?.workspaceId).toBe(
      member?.workspaceId,
    );

    const stranger = newPerson();
    await signIn(stranger);
    const all = await db.select().from(schema.auditLog);
    const text = JSON.stringify(all);
    expect(text).toContain('user.sign_in_failed');
    for (const secret of [stranger.email, person.email, person.password, 'a new password'])
      expect(text).not.toContain(secret);
  });
});

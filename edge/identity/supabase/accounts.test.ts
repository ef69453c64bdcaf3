import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';
import { securityEvents } from '../../testing/security-events.ts';

const harness = await createHarness();
const people = authClient(harness);

const list = (key: string, env: Record<string, unknown> = {}) =>
  harness.call('GET', '/v1/sessions', { key, env });

describe('a Supabase access token', () => {
  test('lets its person in, and makes their account the first time', async () => {
    const email = `Ann.${newId('user').slice(-8)}@Example.com`;
    const token = await harness.supabase.sign({
      email,
      user_metadata: { role: 'admin' },
      app_metadata: { role: 'admin' },
    });
    expect(await list(token)).toMatchObject({ status: 200, data: [] });
    expect(await list(token)).toMatchObject({ status: 200 });
    const rows = await harness.db
      .select()
      .from(harness.schema.users)
      .where(eq(harness.schema.users.email, email.toLowerCase()));
    expect(rows).toMatchObject([{ role: 'user', emailVerified: true, isActive: true }]);
    const created = await harness.call('POST', '/v1/sessions', {
      key: token,
      body: { name: 'mine', mode: 'sandbox' },
    });
    expect(created).toMatchObject({ status: 201, data: { createdBy: rows[0]?.id } });
  });

  test('makes one account however often it comes at once', async () => {
    const subject = crypto.randomUUID();
    const email = `${subject.slice(0, 8)}@example.com`;
    const token = await harness.supabase.sign({ sub: subject, email });
    const answers = await Promise.all(Array.from({ length: 20 }, () => list(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const { users, members, authAccounts } = harness.schema;
    const made = await harness.db
      .select({ workspaceId: members.workspaceId, role: members.role, chosen: users.workspaceId })
      .from(authAccounts)
      .innerJoin(users, eq(users.id, authAccounts.userId))
      .innerJoin(members, eq(members.userId, users.id))
      .where(eq(authAccounts.accountId, subject));
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ role: 'owner', chosen: made[0]?.workspaceId });
  });

  test('is not linked to an account that has the address already', async () => {
    const { email, cookie } = await harness.newUser();
    const token = await harness.supabase.sign({ email });
    expect(await list(token)).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT', details: { reason: 'email_taken' } },
    });
    const link = await harness.call('POST', '/auth/supabase', {
      headers: { cookie },
      body: { accessToken: token },
    });
    expect(link).toMatchObject({ status: 200, data: { email, linked: true } });
    expect(await list(token)).toMatchObject({ status: 200 });
  });

  test('makes an account its address’ owner’s that a stranger opened with it', async () => {
    const stranger = people.newPerson('Somebody Else');
    const { email } = stranger;
    await people.post('/sign-up/email', stranger);
    const token = await harness.supabase.sign({ email });
    expect(await list(token)).toMatchObject({ status: 200 });
    expect(await list(token)).toMatchObject({ status: 200 });
    const me = await harness.call('GET', '/v1/me', { key: token });
    expect(me).toMatchObject({ data: { email } });
    expect(me.data).not.toMatchObject({ name: stranger.name });
    expect(await people.signIn(stranger)).toMatchObject({ status: 401 });
  });

  test('ends the keys and logins of a stranger who had the account', async () => {
    const { userId, email, token: theirs, workspaceId } = await harness.newUser();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { userId });
    const { users } = harness.schema;
    await harness.db.update(users).set({ emailVerified: false }).where(eq(users.id, userId));
    expect(await list(apiKey)).toMatchObject({ status: 200 });
    expect(await list(await harness.supabase.sign({ email }))).toMatchObject({ status: 200 });
    for (const credential of [apiKey, theirs])
      expect(await list(credential)).toMatchObject({ status: 401 });
    const linked = { action: 'account.linked', details: { provider: 'supabase' } };
    expect(await securityEvents(harness, workspaceId, userId)).toMatchObject([linked]);
    expect(await securityEvents(harness, workspaceId, keyId)).toMatchObject([
      { action: 'key.revoked', actorId: userId },
    ]);
  });

  test.each([
    ['a disabled user', { isActive: false }],
    ['an administrator, who uses the mailed link', { role: 'admin' }],
  ] as const)('does not enter an unconfirmed account of %s', async (_whose, state) => {
    const { userId, email } = await harness.newUser();
    const { users } = harness.schema;
    const before = { emailVerified: false, ...state };
    await harness.db.update(users).set(before).where(eq(users.id, userId));
    expect(await list(await harness.supabase.sign({ email }))).toMatchObject({
      status: 409,
      error: { details: { reason: 'email_taken' } },
    });
  });

  test('makes nobody an administrator', async () => {
    const email = `${newId('user').slice(-8)}@example.com`;
    const token = await harness.supabase.sign({ email });
    const answer = await list(token, { ADMIN_EMAILS: email });
    expect(answer).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
  });

  test('of a disabled user is refused', async () => {
    const token = await harness.supabase.sign();
    const answer = await harness.call('GET', '/v1/me', { key: token });
    expect(answer.status).toBe(200);
    const { email } = Object(answer.data);
    const { users } = harness.schema;
    await harness.db.update(users).set({ isActive: false }).where(eq(users.email, email));
    expect(await list(token)).toMatchObject({ status: 401 });
  });
});

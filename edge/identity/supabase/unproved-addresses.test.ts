import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import unproveAddresses from '../../../migrations/sql/0014_unproved-addresses.sql?raw';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness();
const list = (key: string, env: Record<string, unknown> = {}) =>
  harness.call('GET', '/v1/sessions', { key, env });

describe('an address that the project does not vouch for', () => {
  const unproved = { SUPABASE_EMAILS: 'unproved' };
  const { post, mails, open, signIn, who, newPerson } = authClient(harness);
  type Person = ReturnType<typeof newPerson>;
  const notConfirmed = {
    status: 403,
    error: { code: 'FORBIDDEN', details: { reason: 'email_not_verified' } },
  };

  test('is confirmed by a mailed link before it lets anybody in', async () => {
    const email = `${newId('user').slice(-8)}@example.com`;
    const token = await harness.supabase.sign({ email });
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    expect(await mails.list(email)).toHaveLength(1);
    const exchange = { body: { accessToken: token }, env: unproved };
    expect(await harness.call('POST', '/auth/supabase', exchange)).toMatchObject(notConfirmed);
    await open(await mails.link(email, /confirm/i));
    expect(await list(token, unproved)).toMatchObject({ status: 200 });
  });

  test('is the owner’s who resets the password: what came in before is out', async () => {
    const { email, ...owner } = newPerson();
    const token = await harness.supabase.sign({ email });
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    await post('/request-password-reset', { email });
    const link = await mails.link(email, /password/i);
    const newPassword = owner.password;
    const reset = { token: link.searchParams.get('token'), newPassword };
    expect(await post('/reset-password', reset)).toMatchObject({ status: 200 });
    expect(await signIn({ email, password: newPassword })).toMatchObject({ status: 200 });
    for (const env of [unproved, {}])
      expect(await list(token, env)).toMatchObject({
        status: 409,
        error: { details: { reason: 'email_taken' } },
      });
  });

  test('is the owner’s who signs up with a password and confirms it', async () => {
    const owner = newPerson();
    const token = await harness.supabase.sign({ email: owner.email });
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    await post('/sign-up/email', owner);
    await open(await mails.link(owner.email, /confirm/i));
    expect(await signIn(owner)).toMatchObject({ status: 200 });
    expect(await list(token, unproved)).toMatchObject({ status: 409 });
  });

  test('is proved by the token once the project is said to confirm addresses', async () => {
    const token = await harness.supabase.sign();
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    expect(await list(token)).toMatchObject({ status: 200 });
    expect(await list(token, unproved)).toMatchObject({ status: 200 });
  });

  test('proved by the token, leaves a stranger’s password unconfirmed', async () => {
    const stranger = newPerson();
    const token = await harness.supabase.sign({ email: stranger.email });
    expect(await list(token, unproved)).toMatchObject(notConfirmed);
    await post('/sign-up/email', stranger);
    expect(await list(token)).toMatchObject({ status: 200 });
    expect(await signIn(stranger)).toMatchObject({ status: 401 });
  });

  /** The owner of the mailbox proves it, and may sign in afterwards. */
  const proofs = {
    'a reset': async ({ email, password }: Person) => {
      await post('/request-password-reset', { email });
      const link = await mails.link(email, /password/i);
      const reset = { token: link.searchParams.get('token'), newPassword: password };
      expect(await post('/reset-password', reset)).toMatchObject({ status: 200 });
    },
    'a confirmed sign-up': async (owner: Person) => {
      await post('/sign-up/email', owner);
      await open(await mails.link(owner.email, /confirm/i));
    },
  };

  /** A stranger with this address, from the time before addresses were unproved, and all that lets them in. */
  async function squat(email: string) {
    const access = await harness.supabase.sign({ email });
    const bearer = { key: access };
    const made = await harness.call('POST', '/v1/keys', {
      ...bearer,
      body: { name: 'before', scopes: ['sessions:read'] },
    });
    const minted = await harness.call('POST', '/auth/token', { ...bearer, body: {} });
    const login = await post('/supabase', { accessToken: access });
    const { key } = Object(made.data);
    const { token } = Object(minted.data);
    for (const credential of [access, key, token])
      expect(await list(credential)).toMatchObject({ status: 200 });
    await harness.db.execute(unproveAddresses);
    return { key, token, cookie: login.cookie };
  }

  test.each(Object.entries(proofs))('ends what a stranger had, with %s', async (_proof, prove) => {
    const { authAccounts, users } = harness.schema;
    const owner = newPerson();
    const stranger = await squat(owner.email);
    await prove(owner);
    expect(await signIn(owner)).toMatchObject({ status: 200 });
    const left = await harness.db
      .select({ provider: authAccounts.providerId })
      .from(authAccounts)
      .innerJoin(users, eq(users.id, authAccounts.userId))
      .where(eq(users.email, owner.email));
    expect(left).toEqual([{ provider: 'credential' }]);
    for (const credential of [stranger.key, stranger.token])
      expect(await list(credential)).toMatchObject({ status: 401 });
    expect(await who(stranger.cookie)).toMatchObject({ body: null });
    const byCookie = { headers: { cookie: stranger.cookie } };
    expect(await harness.call('GET', '/v1/me', byCookie)).toMatchObject({ status: 401 });
  });

  test('keeps its keys while a sign-up with it is not confirmed: anybody can sign up', async () => {
    const { email, ...stranger } = newPerson();
    const { key } = await squat(email);
    await post('/sign-up/email', { ...stranger, email });
    expect(await list(key)).toMatchObject({ status: 200 });
  });
});

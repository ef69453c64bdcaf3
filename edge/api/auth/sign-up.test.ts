import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness();
const { post, mails, open, newPerson, confirmed, signIn, who } = authClient(harness);
const { db, schema } = harness;

const userOf = async (email: string) =>
  (await db.select().from(schema.users).where(eq(schema.users.email, email)))[0];
const subjects = async (email: string) => (await mails.list(email)).map(({ subject }) => subject);

describe('signing up', () => {
  test('mails a link that confirms the address; then signing in works', async () => {
    const person = newPerson();
    const made = await post('/sign-up/email', person);
    expect(made).toMatchObject({
      status: 200,
      cookie: '',
      body: { token: null, user: { email: person.email, name: person.name, emailVerified: false } },
    });
    expect(await signIn(person)).toMatchObject({
      status: 403,
      code: 'EMAIL_NOT_VERIFIED',
      cookie: '',
    });
    expect(await subjects(person.email)).toHaveLength(2);

    const opened = await open(await mails.link(person.email, /confirm/i));
    expect(opened.status).toBe(302);
    expect(opened.headers.get('location')).toBe('http://waypost.test/');

    const entered = await signIn(person);
    expect(entered).toMatchObject({ status: 200, body: { user: { emailVerified: true } } });
    const [cookie] = entered.headers.getSetCookie();
    expect(cookie).toMatch(/^waypost\.session_token=.*; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await who(entered.cookie)).toMatchObject({ body: { user: { email: person.email } } });
    const user = await userOf(person.email);
    expect(user).toMatchObject({
      id: expect.stringMatching(/^usr_/),
      workspaceId: expect.stringMatching(/^wks_/),
    });
    const [login] = await db
      .select()
      .from(schema.authSessions)
      .where(eq(schema.authSessions.userId, user?.id ?? ''));
    expect(login?.id).toMatch(/^aus_/);
  });

  test('keeps the address in lower case, so that one person is one account', async () => {
    const person = newPerson();
    await post('/sign-up/email', { ...person, email: person.email.toUpperCase() });
    await open(await mails.link(person.email, /confirm/i));
    expect((await signIn({ ...person, email: ` ${person.email.toUpperCase()}` })).status).toBe(200);
  });

  test('with a taken address says the same and mails its owner a notice', async () => {
    const owner = await confirmed();
    const before = await userOf(owner.email);
    const stranger = { ...owner, name: 'Eve', password: 'a password of Eve' };
    expect(await post('/sign-up/email', stranger)).toMatchObject({
      status: 200,
      body: { token: null, user: { name: 'Eve', email: owner.email, emailVerified: false } },
    });
    expect(await subjects(owner.email)).toEqual([
      'You already have an account',
      'Confirm your e-mail address',
    ]);
    expect((await signIn(stranger)).status).toBe(401);
    expect((await signIn(owner)).status).toBe(200);
    expect((await userOf(owner.email))?.name).toBe(before?.name);
  });

  test('three times at once makes one account', async () => {
    const person = newPerson();
    const answers = await Promise.all([1, 2, 3].map(() => post('/sign-up/email', person)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await open(await mails.link(person.email, /confirm/i));
    expect((await signIn(person)).status).toBe(200);
  });

  test('anew, before the address is confirmed, counts in place of the first', async () => {
    const squatter = newPerson('Squatter');
    await post('/sign-up/email', squatter);
    const early = await mails.link(squatter.email, /confirm/i);
    const owner = { ...squatter, name: 'Owner', password: 'the owner’s password' };
    await post('/sign-up/email', owner);
    expect((await open(early)).headers.get('location')).toBe(
      'http://waypost.test/?error=INVALID_TOKEN',
    );
    expect((await signIn(owner)).code).toBe('EMAIL_NOT_VERIFIED');
    await open(await mails.link(owner.email, /confirm/i));
    expect((await signIn(squatter)).status).toBe(401);
    expect(await signIn(owner)).toMatchObject({ status: 200, body: { user: { name: 'Owner' } } });
  });
});

describe('a sign-up that died half-way', () => {
  test('heals when it is tried again: only the user was written', async () => {
    const person = newPerson();
    await post('/sign-up/email', person);
    const user = await userOf(person.email);
    await db.delete(schema.authAccounts).where(eq(schema.authAccounts.userId, user?.id ?? ''));
    expect((await signIn(person)).status).toBe(401);

    const again = { ...person, password: 'another password, since' };
    expect((await post('/sign-up/email', again)).status).toBe(200);
    await open(await mails.link(person.email, /confirm/i));
    expect(await signIn(again)).toMatchObject({ status: 200, body: { user: { id: user?.id } } });
  });

  test('heals when it is tried again: the second write was refused', async () => {
    await db.execute(sql`create function refuse_account() returns trigger language plpgsql as
      $$ begin raise exception 'broken on purpose'; end $$`);
    await db.execute(sql`create trigger refuse_account before insert on auth_accounts
      for each row execute function refuse_account()`);
    const person = newPerson();
    try {
      const broken = await post('/sign-up/email', person);
      expect(broken).toMatchObject({ status: 500, code: 'INTERNAL' });
      expect(JSON.stringify(broken.body)).not.toMatch(/broken on purpose|auth_accounts/);
      expect(await userOf(person.email)).toBeDefined();
      // The retry fails too as long as it cannot write, and says so.
      expect(await post('/sign-up/email', person)).toMatchObject({ status: 500 });
    } finally {
      await db.execute(sql`drop trigger refuse_account on auth_accounts`);
    }
    expect(await subjects(person.email)).toEqual([]);
    expect((await post('/sign-up/email', person)).status).toBe(200);
    expect(await subjects(person.email)).toEqual(['Confirm your e-mail address']);
    await open(await mails.link(person.email, /confirm/i));
    expect((await signIn(person)).status).toBe(200);
  });
});

describe('the mailed link', () => {
  test('goes on to where the sign-up wanted, and to our own addresses only', async () => {
    const person = newPerson();
    await post('/sign-up/email', { ...person, callbackURL: '/welcome?x=1' });
    const link = await mails.link(person.email, /confirm/i);
    const evil = new URL(link);
    evil.searchParams.set('callbackURL', 'https://evil.example/');
    expect(await open(evil)).toMatchObject({ status: 403, code: 'INVALID_CALLBACK_URL' });
    const hidden = new URL(link);
    hidden.searchParams.set('callbackURL', '/..//evil.example/');
    expect(new URL((await open(hidden)).headers.get('location') ?? '').origin).toBe(link.origin);
    expect((await open(link)).headers.get('location')).toBe(`${link.origin}/welcome?x=1`);
    const outside = { ...newPerson(), callbackURL: 'https://evil.example/' };
    expect(await post('/sign-up/email', outside)).toMatchObject({ status: 403 });
    expect(await userOf(outside.email)).toBeUndefined();
  });

  test('is refused when it is not ours', async () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9.';
    const link = new URL('http://waypost.test/auth/verify-email');
    link.searchParams.set('token', token);
    expect(await open(link)).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
  });

  test('is mailed again on demand, as long as it is needed', async () => {
    const person = newPerson();
    await post('/sign-up/email', person);
    const again = () => post('/send-verification-email', { email: person.email });
    expect(await again()).toMatchObject({ status: 200, body: { status: true } });
    expect(await subjects(person.email)).toHaveLength(2);
    await open(await mails.link(person.email, /confirm/i));
    expect(await again()).toMatchObject({ status: 200, body: { status: true } });
    expect(await subjects(person.email)).toHaveLength(2);
    const nobody = newPerson().email;
    expect(await post('/send-verification-email', { email: nobody })).toMatchObject({
      status: 200,
      body: { status: true },
    });
    expect(await subjects(nobody)).toEqual([]);
  });

  test('does not fill anybody’s mailbox', async () => {
    const { email } = newPerson();
    for (let count = 0; count < 12; count += 1)
      await post('/sign-up/email', { ...newPerson(), email });
    expect(await subjects(email)).toHaveLength(10);
  });
});

describe('bad input', () => {
  const person = newPerson();
  test.each([
    ['a look-alike address', { ...person, email: 'аnn@example.com' }, 422, /U\+0430/],
    [
      'an internationalised domain',
      { ...person, email: 'ann@xn--e1awd7f.com' },
      422,
      /plain domain/,
    ],
    ['a short password', { ...person, password: '1234567' }, 422, /password/],
    ['a long password', { ...person, password: 'x'.repeat(129) }, 422, /password/],
    ['no name', { ...person, name: ' ' }, 422, /name/],
    ['a role', { ...person, role: 'admin' }, 422, /role/],
    ['a confirmed address', { ...person, emailVerified: true }, 422, /emailVerified/],
    ['half a character', { ...person, name: 'x\ud800' }, 422, /name/],
    ['no JSON', '{', 400, /JSON/],
  ])('%s is refused with a typed error', async (_name, body, status, message) => {
    const answer = await post('/sign-up/email', body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      success: false,
      message: expect.stringMatching(message),
      error: { code: answer.code },
      meta: { requestId: expect.stringMatching(/^req_/) },
    });
  });
});

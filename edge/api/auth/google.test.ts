import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness } from '../../testing/harness.ts';
import { cookiesOf, type GoogleAccount, visitGoogle } from '../../../local/testing/oidc-visitor.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness();
const { post, get, confirmed, newPerson, signIn, who } = authClient(harness);
const { db, schema } = harness;

const Started = z.object({ url: z.url(), redirect: z.literal(true) });
const newAddress = () => `gil-${crypto.randomUUID()}@example.com`;

/** Begins a sign-in: where to send the browser, and the cookie it has to come back with. */
async function begin() {
  const answer = await post('/sign-in/social', { provider: 'google', callbackURL: '/welcome' });
  expect(answer.status).toBe(200);
  return { url: new URL(Started.parse(answer.body).url), state: answer.cookie };
}

const comeBack = (to: URL, cookie: string) =>
  get(`/callback/google${to.search}`, { headers: { cookie } });

async function enter(account: GoogleAccount) {
  const { url, state } = await begin();
  return comeBack(await visitGoogle(url, account), state);
}

const isIn = (answer: { headers: Headers }) =>
  /waypost\.session_token=[^;]/.test(cookiesOf(answer.headers));

const usersWith = (email: string) =>
  db.select().from(schema.users).where(eq(schema.users.email, email));

const waysIn = (userId = '') =>
  db
    .select({
      provider: schema.authAccounts.providerId,
      subject: schema.authAccounts.accountId,
    })
    .from(schema.authAccounts)
    .where(eq(schema.authAccounts.userId, userId));

const keysOf = (userId = '') =>
  db.select().from(schema.apiKeys).where(eq(schema.apiKeys.userId, userId));

/** What became of a callback: where it led with which error, and whether somebody is signed in now. */
const outcome = ({ status, headers }: { status: number; headers: Headers }) => ({
  status,
  error: new URL(headers.get('location') ?? '', 'http://waypost.test').searchParams.get('error'),
  isIn: isIn({ headers }),
});
const refused = (error: string) => ({ status: 302, error, isIn: false });

describe('signing in with Google', () => {
  test('makes an account of a verified address, and finds it again by the subject', async () => {
    const account = { sub: crypto.randomUUID(), email: newAddress() };
    const { url } = await begin();
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'http://waypost.test/auth/callback/google',
      state: expect.stringMatching(/^.{32}$/),
      nonce: expect.stringMatching(/^.{32}$/),
    });

    const first = await enter(account);
    expect(first.status).toBe(302);
    expect(first.headers.get('location')).toBe('http://waypost.test/welcome');
    expect(await who(first.cookie)).toMatchObject({
      body: { user: { email: account.email, emailVerified: true } },
    });
    const [user] = await usersWith(account.email);
    expect(user).toMatchObject({ workspaceId: expect.stringMatching(/^wks_/), role: 'user' });
    const kept = await db
      .select()
      .from(schema.authAccounts)
      .where(eq(schema.authAccounts.accountId, account.sub));
    expect(kept).toMatchObject([
      {
        providerId: 'google',
        userId: user?.id,
        accessToken: null,
        refreshToken: null,
        idToken: null,
      },
    ]);

    const second = await enter({ ...account, email: newAddress() });
    expect(await who(second.cookie)).toMatchObject({ body: { user: { id: user?.id } } });
  });

  test('joins an account whose address is confirmed', async () => {
    const person = await confirmed();
    const entered = await enter({ email: person.email });
    expect(await who(entered.cookie)).toMatchObject({ body: { user: { email: person.email } } });
    expect((await signIn(person)).status).toBe(200);
    expect(await usersWith(person.email)).toHaveLength(1);
  });

  test('makes an account its address’ owner’s that a stranger opened with it', async () => {
    const squatter = newPerson('Somebody Else');
    await post('/sign-up/email', squatter);
    const { email } = squatter;
    const [opened] = await usersWith(email);
    const { apiKey } = await harness.newKey((await harness.newWorkspace()).workspaceId, {
      userId: opened?.id ?? '',
    });
    const account = { sub: crypto.randomUUID(), email };
    const entered = await enter(account);
    expect(await who(entered.cookie)).toMatchObject({
      body: { user: { id: opened?.id, email, emailVerified: true } },
    });
    expect((await usersWith(email))[0]?.name).not.toBe(squatter.name);
    expect(await signIn(squatter)).toMatchObject({ status: 401 });
    expect(await harness.call('GET', '/v1/sessions', { key: apiKey })).toMatchObject({
      status: 401,
    });
    expect(await keysOf(opened?.id)).toMatchObject([{ revokedAt: expect.any(Date) }]);
    expect(await waysIn(opened?.id)).toEqual([{ provider: 'google', subject: account.sub }]);
    expect(isIn(await enter(account))).toBe(true);
  });

  test('does not make it anybody’s whose address Google has not verified', async () => {
    const squatter = newPerson();
    await post('/sign-up/email', squatter);
    const unverified = { email: squatter.email, verified: false };
    expect(outcome(await enter(unverified))).toEqual(refused('account_not_linked'));
    expect(await usersWith(squatter.email)).toMatchObject([{ emailVerified: false }]);
  });

  test('gives nobody a second account: the subject says who comes', async () => {
    const account = { sub: crypto.randomUUID(), email: newAddress() };
    await enter(account);
    const squatter = newPerson();
    await post('/sign-up/email', squatter);
    const moved = await enter({ ...account, email: squatter.email });
    expect(await who(moved.cookie)).toMatchObject({ body: { user: { email: account.email } } });
    expect(await usersWith(squatter.email)).toMatchObject([{ emailVerified: false }]);
  });

  test.each([
    ['a disabled user', { isActive: false }],
    ['an administrator, who uses the mailed link', { role: 'admin' }],
  ] as const)('does not join an unconfirmed account of %s', async (_whose, state) => {
    const person = newPerson();
    await post('/sign-up/email', person);
    await db.update(schema.users).set(state).where(eq(schema.users.email, person.email));
    expect(outcome(await enter({ email: person.email }))).toEqual(refused('account_not_linked'));
  });

  test('takes verified addresses only, in plain letters', async () => {
    const unverified = newAddress();
    expect(outcome(await enter({ email: unverified, verified: false }))).toEqual(
      refused('email_not_verified'),
    );
    expect(await usersWith(unverified)).toEqual([]);
    const known = { sub: crypto.randomUUID(), email: newAddress() };
    await enter(known);
    expect(outcome(await enter({ ...known, verified: false }))).toEqual(
      refused('email_not_verified'),
    );
    const joined = await confirmed();
    expect(outcome(await enter({ email: joined.email, verified: false }))).toEqual(
      refused('account_not_linked'),
    );

    expect(outcome(await enter({}))).toEqual(refused('email_not_found'));
    const lookAlike = newAddress().replace('a', 'а');
    expect(outcome(await enter({ email: lookAlike }))).toEqual(refused('email_not_supported'));
  });

  test('a refused sign-in leads to our own origin, however the address to return to is written', async () => {
    for (const errorCallbackURL of ['/..//evil.example/', '/.//evil.example/']) {
      const answer = await post('/sign-in/social', { provider: 'google', errorCallbackURL });
      const back = new URL(Started.parse(answer.body).url);
      back.search = `?error=access_denied&state=${back.searchParams.get('state')}`;
      const { headers, status } = await comeBack(back, answer.cookie);
      expect(status).toBe(302);
      expect(new URL(headers.get('location') ?? '').host).toBe('waypost.test');
    }
  });

  test('refuses a disabled user', async () => {
    const account = { sub: crypto.randomUUID(), email: newAddress() };
    await enter(account);
    await db
      .update(schema.users)
      .set({ isActive: false })
      .where(eq(schema.users.email, account.email));
    expect(outcome(await enter(account))).toEqual(refused('ACCOUNT_DISABLED'));
  });
});

describe('a callback', () => {
  test('without a state, and with one that nobody gave out', async () => {
    expect(outcome(await get('/callback/google?code=abc'))).toEqual(refused('state_not_found'));
    expect(outcome(await get(`/callback/google?code=abc&state=${'x'.repeat(32)}`))).toEqual(
      refused('state_mismatch'),
    );
  });

  test('in a browser that did not begin it', async () => {
    const { url } = await begin();
    const other = await begin();
    const back = await visitGoogle(url, { email: newAddress() });
    expect(outcome(await comeBack(back, ''))).toEqual(refused('state_mismatch'));
    expect(outcome(await comeBack(back, other.state))).toEqual(refused('state_mismatch'));
    expect(outcome(await comeBack(back, 'waypost.state=made.up'))).toEqual(
      refused('state_mismatch'),
    );
  });

  test('a second time', async () => {
    const { url, state } = await begin();
    const back = await visitGoogle(url, { email: newAddress() });
    expect(isIn(await comeBack(back, state))).toBe(true);
    expect(outcome(await comeBack(back, state))).toEqual(refused('state_mismatch'));
  });

  test('with the code of another sign-in, fresh or used', async () => {
    const victim = await begin();
    const stolen = await visitGoogle(victim.url, { email: newAddress() });
    const attacker = await begin();
    const own = await visitGoogle(attacker.url, { email: newAddress() });
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(outcome(await comeBack(own, attacker.state))).toEqual(refused('invalid_code'));

    const done = await begin();
    const used = await visitGoogle(done.url, { email: newAddress() });
    expect(isIn(await comeBack(used, done.state))).toBe(true);
    const again = await begin();
    const next = await visitGoogle(again.url, { email: newAddress() });
    next.searchParams.set('code', used.searchParams.get('code') ?? '');
    expect(outcome(await comeBack(next, again.state))).toEqual(refused('invalid_code'));
  });

  test('with an ID token that bears another nonce', async () => {
    const { url, state } = await begin();
    url.searchParams.set('nonce', 'another');
    const back = await visitGoogle(url, { email: newAddress() });
    expect(outcome(await comeBack(back, state))).toEqual(refused('unable_to_get_user_info'));
  });

  test('with a code that was asked for with another challenge', async () => {
    const { url, state } = await begin();
    url.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
    const back = await visitGoogle(url, { email: newAddress() });
    expect(outcome(await comeBack(back, state))).toEqual(refused('invalid_code'));
  });

  test('from another issuer', async () => {
    const { url, state } = await begin();
    const back = await visitGoogle(url, { email: newAddress() });
    back.searchParams.set('iss', 'https://evil.example');
    expect(outcome(await comeBack(back, state))).toEqual(refused('issuer_mismatch'));
  });
});

describe('beginning a sign-in', () => {
  test('says so when the provider cannot be reached, or is not set up', async () => {
    const body = { provider: 'google' };
    const gone = await post('/sign-in/social', body, {
      env: { GOOGLE_ISSUER: 'http://127.0.0.1:9' },
    });
    expect(gone).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    const env = { GOOGLE_CLIENT_ID: '', GOOGLE_CLIENT_SECRET: '' };
    expect(await post('/sign-in/social', body, { env })).toMatchObject({
      status: 404,
      code: 'PROVIDER_NOT_FOUND',
    });
  });

  test('returns to our own addresses only, and takes no token in place of a code', async () => {
    const evil = 'https://evil.example/';
    for (const field of ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'])
      expect(await post('/sign-in/social', { provider: 'google', [field]: evil })).toMatchObject({
        status: 403,
      });
    const answer = await post('/sign-in/social', { provider: 'google', idToken: { token: 'x' } });
    expect(answer).toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
    expect(await post('/sign-in/social', { provider: 'github' })).toMatchObject({ status: 422 });
  });
});

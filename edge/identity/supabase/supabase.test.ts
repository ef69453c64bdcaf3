import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import unproveAddresses from '../../../migrations/sql/0014_unproved-addresses.sql?raw';
import { newId } from '../../../shared/ids.ts';
import { createHarness } from '../../testing/harness.ts';
import { supabaseProject } from '../../testing/neighbours.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness();

const people = authClient(harness);

const LEGACY_SECRET = 'a-legacy-secret-of-thirty-two-characters';

const list = (key: string, env: Record<string, unknown> = {}) =>
  harness.call('GET', '/v1/sessions', { key, env });

/** A project of its own, so that its key set's cache and counters are nobody else's. */
function newProject() {
  const project = supabaseProject(new URL(harness.supabase.url).origin);
  const env = { SUPABASE_URL: project.url };
  return { ...project, env, list: (token: string, more = {}) => list(token, { ...env, ...more }) };
}

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
    const { apiKey } = await harness.newKey(workspaceId, { userId });
    const { users } = harness.schema;
    await harness.db.update(users).set({ emailVerified: false }).where(eq(users.id, userId));
    expect(await list(apiKey)).toMatchObject({ status: 200 });
    expect(await list(await harness.supabase.sign({ email }))).toMatchObject({ status: 200 });
    for (const credential of [apiKey, theirs])
      expect(await list(credential)).toMatchObject({ status: 401 });
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

describe('an address that the project does not vouch for', () => {
  const unproved = { SUPABASE_EMAILS: 'unproved' };
  const { post, mails, open, signIn, who, newPerson } = people;
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

const now = (): number => Math.floor(Date.now() / 1000);

describe('refused, each with 401', () => {
  test.each([
    ['another audience', { aud: 'anon' }],
    ['another issuer', { iss: 'https://evil.example.com/auth/v1' }],
    ['expired', { exp: now() - 1 }],
    ['without an expiry', { exp: undefined }],
    ['not yet good', { nbf: now() + 600 }],
    ['without a subject', { sub: undefined }],
    ['without an address', { email: undefined }],
    ['an empty address', { email: '' }],
    ['a look-alike address', { email: 'аnn@example.com' }],
    ['an anonymous user', { is_anonymous: true }],
    ['the service’s own role', { role: 'service_role' }],
  ])('%s', async (_what, payload) => {
    expect(await list(await harness.supabase.sign(payload))).toMatchObject({ status: 401 });
  });

  test('alg none', async () => {
    const token = await harness.supabase.sign({}, { alg: 'none' });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('HS256 signed with the public key, whether or not a legacy secret is set', async () => {
    const [publicKey] = await harness.supabase.publicKeys();
    const secret = JSON.stringify(publicKey);
    const kid = String(publicKey?.['kid']);
    const token = await harness.supabase.sign({}, { secret, kid });
    expect(await list(token)).toMatchObject({ status: 401 });
    const legacy = { SUPABASE_JWT_SECRET: LEGACY_SECRET };
    expect(await list(token, legacy)).toMatchObject({ status: 401 });
  });

  test('HS256 by a symmetric key that stands in the published set', async () => {
    const { script, sign, list: ask } = newProject();
    const secret = 'symmetric-and-published-for-all-to-see';
    await script({ extraKeys: [{ kty: 'oct', kid: 'shared', alg: 'HS256', k: btoa(secret) }] });
    expect(await ask(await sign({}, { secret, kid: 'shared' }))).toMatchObject({ status: 401 });
  });

  test('without a key id', async () => {
    const token = await harness.supabase.sign({}, { withoutKid: true });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('every token when no project is configured', async () => {
    const token = await harness.supabase.sign();
    expect(await list(token, { SUPABASE_URL: '' })).toMatchObject({ status: 401 });
  });
});

describe('the legacy secret', () => {
  const legacy = { SUPABASE_JWT_SECRET: LEGACY_SECRET };

  test('is good for HS256 where it is set, and only there', async () => {
    const token = await harness.supabase.sign({}, { secret: LEGACY_SECRET });
    expect(await list(token, legacy)).toMatchObject({ status: 200 });
    expect(await list(token)).toMatchObject({ status: 401 });
  });

  test('refuses another secret’s signature', async () => {
    const token = await harness.supabase.sign({}, { secret: `${LEGACY_SECRET}!` });
    expect(await list(token, legacy)).toMatchObject({ status: 401 });
  });
});

describe('the published keys', () => {
  test('are fetched once for many requests at once, and kept', async () => {
    const { sign, list: ask, hits } = newProject();
    const token = await sign();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(token)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await ask(token);
    expect(await hits()).toBe(1);
  });

  test('are not asked for again by a flood of unknown key ids', async () => {
    const { sign, list: ask, hits } = newProject();
    expect(await ask(await sign())).toMatchObject({ status: 200 });
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, n) => sign({}, { kid: `unknown-${n}` })),
    );
    const answers = await Promise.all(tokens.map((token) => ask(token)));
    expect(answers.every(({ status }) => status === 401)).toBe(true);
    expect(await hits()).toBe(1);
  });

  test('are not asked for by tokens that no key could let in', async () => {
    const { sign, list: ask, hits } = newProject();
    for (const payload of [{ iss: 'https://other.example' }, { exp: now() - 60 }, { email: 'x' }])
      expect(await ask(await sign(payload))).toMatchObject({ status: 401 });
    expect(await hits()).toBe(0);
  });

  test('cannot be had: 503, and not asked for again at once', async () => {
    const { sign, script, list: ask, hits } = newProject();
    await script({ status: 500 });
    const token = await sign();
    expect(await ask(token)).toMatchObject({ status: 503, error: { code: 'UNAVAILABLE' } });
    expect(await ask(token)).toMatchObject({ status: 503 });
    expect(await hits()).toBe(1);
  });
});

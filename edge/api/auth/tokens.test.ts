import { eq } from 'drizzle-orm';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { mintUserToken } from '../../identity/user-token.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { securityEvents } from '../../testing/security-events.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const Token = z.object({ token: z.string(), expiresAt: z.iso.datetime(), workspaceId: z.string() });

const sessions = (key: string) => harness.call('GET', '/v1/sessions', { key });

describe('POST /auth/token', () => {
  test('gives a token for the workspace that the cookie acts in', async () => {
    const { cookie, workspaceId } = await harness.newUser();
    const answer = await harness.call('POST', '/auth/token', { headers: { cookie } });
    expect(answer).toMatchObject({ status: 200, data: { workspaceId } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, expiresAt } = Token.parse(answer.data);
    expect(await sessions(token)).toMatchObject({ status: 200 });
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  test('is as short as asked, and no longer than an hour', async () => {
    const { cookie } = await harness.newUser();
    const ask = (body: unknown) =>
      harness.call('POST', '/auth/token', { headers: { cookie }, body });
    const { data } = await ask({ expiresInSeconds: 60 });
    expect(Date.parse(Token.parse(data).expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    for (const expiresInSeconds of [3_601, 0, -1])
      expect(await ask({ expiresInSeconds })).toMatchObject({ status: 422 });
  });

  test('acts in another workspace of the user when asked, and in nobody else’s', async () => {
    const person = await harness.newUser();
    const other = await harness.newWorkspace();
    const ask = () =>
      harness.call('POST', '/auth/token', {
        headers: { cookie: person.cookie },
        body: { workspaceId: other.workspaceId },
      });
    expect(await ask()).toMatchObject({ status: 404 });
    const membership = { workspaceId: other.workspaceId, userId: person.userId };
    await harness.db.insert(harness.schema.members).values({ ...membership, role: 'member' });
    const { data } = await ask();
    const { token, workspaceId } = Token.parse(data);
    expect(workspaceId).toBe(other.workspaceId);
    await harness.newSession({ workspaceId, name: 'theirs', createdBy: person.userId });
    expect(await sessions(token)).toMatchObject({ status: 200, data: [{ name: 'theirs' }] });

    await harness.db
      .delete(harness.schema.members)
      .where(eq(harness.schema.members.workspaceId, other.workspaceId));
    expect(await sessions(token)).toMatchObject({
      status: 403,
      error: { details: { reason: 'not_a_member' } },
    });
  });

  test('takes a Supabase token', async () => {
    const supabase = await harness.supabase.sign();
    const answer = await harness.call('POST', '/auth/token', { key: supabase });
    const { token } = Token.parse(answer.data);
    expect(await sessions(token)).toMatchObject({ status: 200 });
  });

  test('takes neither keys nor user tokens: no token renews itself', async () => {
    const { apiKey } = await harness.newWorkspace();
    const { token } = await harness.newUser();
    for (const key of [apiKey, token])
      expect(await harness.call('POST', '/auth/token', { key })).toMatchObject({ status: 401 });
  });

  test('refuses another site’s page', async () => {
    const { cookie } = await harness.newUser();
    const headers = { cookie, origin: 'https://evil.example.com' };
    expect(await harness.call('POST', '/auth/token', { headers })).toMatchObject({ status: 403 });
  });
});

describe('a user token', () => {
  test('ends with its login, on the next request', async () => {
    const { token, authSessionId, cookie } = await harness.newUser();
    expect(await sessions(token)).toMatchObject({ status: 200 });
    const { authSessions } = harness.schema;
    await harness.db.delete(authSessions).where(eq(authSessions.id, authSessionId));
    expect(await sessions(token)).toMatchObject({ status: 401 });
    const byCookie = await harness.call('GET', '/v1/sessions', { headers: { cookie } });
    expect(byCookie).toMatchObject({ status: 401 });
  });

  test('ends with a sign-out', async () => {
    const { token, cookie } = await harness.newUser();
    const out = await harness.request('POST', '/auth/sign-out', { headers: { cookie }, body: {} });
    expect(out.status).toBe(200);
    expect(await sessions(token)).toMatchObject({ status: 401 });
  });

  test('of a login that ran out is refused', async () => {
    const { token, authSessionId } = await harness.newUser();
    const { authSessions } = harness.schema;
    await harness.db
      .update(authSessions)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(authSessions.id, authSessionId));
    expect(await sessions(token)).toMatchObject({ status: 401 });
  });

  test('of a disabled user is refused at once, and good again when they are back', async () => {
    const { token, cookie, userId } = await harness.newUser();
    const { users } = harness.schema;
    await harness.db.update(users).set({ isActive: false }).where(eq(users.id, userId));
    expect(await sessions(token)).toMatchObject({ status: 401 });
    const byCookie = await harness.call('GET', '/v1/sessions', { headers: { cookie } });
    expect(byCookie).toMatchObject({ status: 401 });
    await harness.db.update(users).set({ isActive: true }).where(eq(users.id, userId));
    expect(await sessions(token)).toMatchObject({ status: 200 });
  });

  test('cannot hang on somebody else’s login', async () => {
    const [ann, bob] = await Promise.all([harness.newUser(), harness.newUser()]);
    const { token } = await mintUserToken(harness.env, {
      userId: ann.userId,
      authSessionId: bob.authSessionId,
      workspaceId: null,
    });
    expect(await sessions(token)).toMatchObject({ status: 401 });
  });

  test('of somebody without a workspace opens one of their own, one for many requests at once', async () => {
    const { token, userId, workspaceId } = await harness.newUser();
    const { members, workspaces, users } = harness.schema;
    await harness.db.delete(workspaces).where(eq(workspaces.id, workspaceId));
    const answers = await Promise.all(Array.from({ length: 10 }, () => sessions(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const rows = await harness.db
      .select({ role: members.role, of: members.workspaceId, chosen: users.workspaceId })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(members.userId, userId));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ role: 'owner', chosen: rows[0]?.of });
  });
});

describe('forged user tokens', () => {
  const secret = () => new TextEncoder().encode('x'.repeat(32));
  const ours = () =>
    Uint8Array.from(harness.env.USER_TOKEN_SIGNING_KEY.match(/../g) ?? [], (pair) =>
      Number.parseInt(pair, 16),
    );
  const claims = (userId: string, authSessionId: string) => ({
    iss: 'http://waypost.test',
    aud: 'waypost',
    sub: userId,
    sid: authSessionId,
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 600,
  });
  const typ = 'waypost-user+jwt';

  test('another key’s signature, alg none, another issuer, audience, type, a long life: 401', async () => {
    const { userId, authSessionId } = await harness.newUser();
    const good = claims(userId, authSessionId);
    const sign = (payload: Record<string, unknown>, header = { alg: 'HS256', typ }) =>
      new SignJWT(payload).setProtectedHeader(header).sign(ours());
    expect(await sessions(await sign(good))).toMatchObject({ status: 200 });

    const hour = 3_600;
    const forged = [
      await new SignJWT(good).setProtectedHeader({ alg: 'HS256', typ }).sign(secret()),
      new UnsecuredJWT(good).encode(),
      await sign({ ...good, iss: 'https://elsewhere.example.com' }),
      await sign({ ...good, aud: 'authenticated' }),
      await sign(good, { alg: 'HS256', typ: 'JWT' }),
      await sign(good, { alg: 'HS512', typ }),
      await sign({ ...good, exp: good.iat - 1 }),
      await sign({ ...good, exp: undefined }),
      await sign({ ...good, iat: good.iat - 2 * hour, exp: good.iat + hour }),
      await sign({ ...good, sub: undefined }),
      await sign({ ...good, sid: newId('authSession') }),
    ];
    const answers = await Promise.all(forged.map((token) => sessions(token)));
    expect(answers.map(({ status }) => status)).toEqual(forged.map(() => 401));
  });
});

describe('POST /auth/supabase', () => {
  const exchange = (accessToken: string, headers: Record<string, string> = {}) =>
    harness.call('POST', '/auth/supabase', { headers, body: { accessToken } });

  test('exchanges a token for the login cookie of the dashboard', async () => {
    const email = `${newId('user').slice(-10)}@example.com`;
    const answer = await exchange(await harness.supabase.sign({ email }));
    expect(answer).toMatchObject({ status: 200, data: { email, linked: false } });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect(await harness.call('GET', '/v1/sessions', { headers })).toMatchObject({ status: 200 });
    const session = await harness.request('GET', '/auth/get-session', { headers });
    expect(await session.json()).toMatchObject({ user: { email } });
  });

  test('links it to the login that is there, once, and to no other', async () => {
    const [ann, bob] = await Promise.all([harness.newUser(), harness.newUser()]);
    const token = await harness.supabase.sign();
    const linked = { status: 200, data: { userId: ann.userId, linked: true } };
    expect(await exchange(token, { cookie: ann.cookie })).toMatchObject(linked);
    expect(await exchange(token, { cookie: ann.cookie })).toMatchObject(linked);
    expect(await exchange(token, { cookie: bob.cookie })).toMatchObject({
      status: 409,
      error: { details: { reason: 'linked_elsewhere' } },
    });
    expect(await securityEvents(harness, ann.workspaceId)).toMatchObject([
      { action: 'account.linked', details: { provider: 'supabase' } },
    ]);
    expect(await securityEvents(harness, bob.workspaceId)).toEqual([]);
    const me = await harness.call('GET', '/v1/me', { key: token });
    expect(me).toMatchObject({ status: 200, data: { id: ann.userId } });
  });

  test('starts a login when the one in the cookie is over', async () => {
    const { cookie, authSessionId } = await harness.newUser();
    const { authSessions } = harness.schema;
    await harness.db.delete(authSessions).where(eq(authSessions.id, authSessionId));
    const answer = await exchange(await harness.supabase.sign(), { cookie });
    expect(answer).toMatchObject({ status: 200, data: { linked: false } });
  });

  test('refuses a bad token, another site’s page, and all where Supabase is not configured', async () => {
    expect(await exchange('nonsense')).toMatchObject({ status: 401 });
    const token = await harness.supabase.sign();
    const foreign = { origin: 'https://evil.example.com' };
    expect(await exchange(token, foreign)).toMatchObject({ status: 403 });
    const answer = await harness.call('POST', '/auth/supabase', {
      body: { accessToken: token },
      env: { SUPABASE_URL: '' },
    });
    expect(answer).toMatchObject({ error: { code: 'NOT_SUPPORTED' } });
  });
});

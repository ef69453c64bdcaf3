import { describe, expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { type AuthAnswer, authClient } from '../../testing/person.ts';
import { wholeWindow } from '../../testing/whole-window.ts';

const harness = await createHarness();
const { post, get, confirmed, mails, newPerson, signIn } = authClient(harness);

const wholeWindowAhead = () => wholeWindow({ windowSeconds: 15 * 60, neededSeconds: 60 });

/** All that a browser keeps of an answer once its login is over. */
const withoutLogin = ({ cookie }: AuthAnswer): string =>
  cookie
    .split('; ')
    .filter((one) => !one.includes('session'))
    .join('; ');

const guess = (email: string, headers: Record<string, string> = {}) =>
  post('/sign-in/email', { email, password: 'not the password' }, { headers });
const from = (host: number) => ({ 'cf-connecting-ip': `192.0.2.${host}` });

/** So many wrong passwords at once. Most are not even compared, since they come too fast; all are counted. */
async function guessOften(email: string, times: number, headers?: Record<string, string>) {
  await Promise.all(Array.from({ length: times }, () => guess(email, headers)));
}

function expectRefusal(answer: AuthAnswer, window: string): void {
  expect(answer).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  expect(answer.body).toMatchObject({ error: { details: { window } } });
  expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`(^|, )"${window}";r=0;t=\\d+`));
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}

// Real password hashes, and at worst the end of a window to wait for.
describe('the tries at one account', { timeout: 150_000 }, () => {
  test('are counted by client, so that one client locks nobody else out', async () => {
    const person = await confirmed();
    await wholeWindowAhead();
    expect((await guess(person.email, from(1))).status).toBe(401);
    await guessOften(person.email.toUpperCase(), 19, from(1));
    expectRefusal(await guess(person.email, from(1)), 'account-client');
    expectRefusal(await signIn(person, { headers: from(1) }), 'account-client');
    expect((await signIn(person, { headers: from(2) })).status).toBe(200);
    expect((await signIn(await confirmed(), { headers: from(1) })).status).toBe(200);
  });

  test('are counted all together too; a browser that signed in to it before passes', async () => {
    const [person, stranger] = [await confirmed(), await confirmed()];
    await wholeWindowAhead();
    const own = { cookie: withoutLogin(await signIn(person)) };
    const other = { cookie: withoutLogin(await signIn(stranger)) };
    await guessOften(person.email, 100);
    expectRefusal(await signIn(person), 'account');
    expectRefusal(await signIn(person, { headers: other }), 'account');
    expectRefusal(await signIn(person, { headers: { cookie: `${own.cookie}x` } }), 'account');
    const both = withoutLogin(await signIn(stranger, { headers: own }));
    expect((await signIn(person, { headers: { cookie: both } })).status).toBe(200);

    await guessOften(person.email, 19, own);
    expectRefusal(await signIn(person, { headers: own }), 'account-client');
  });

  test('count where a login changes its password, too', async () => {
    const person = await confirmed();
    await wholeWindowAhead();
    const headers = { cookie: (await signIn(person)).cookie };
    const body = { currentPassword: 'not the password', newPassword: 'another horse' };
    const change = () => post('/change-password', body, { headers });
    expect(await change()).toMatchObject({ status: 422, code: 'INVALID_PASSWORD' });
    await Promise.all(Array.from({ length: 19 }, change));
    expectRefusal(await change(), 'account-client');
    expectRefusal(await signIn(person, { headers }), 'account-client');
  });

  test('do not stop who set a new password by mail, in the browser that did so', async () => {
    const person = await confirmed();
    await wholeWindowAhead();
    await guessOften(person.email, 100);
    await post('/request-password-reset', { email: person.email });
    const token = (await mails.link(person.email, /password/i)).searchParams.get('token');
    const newPassword = `another horse ${crypto.randomUUID()}`;
    const reset = await post('/reset-password', { token, newPassword });
    expect(reset.status).toBe(200);
    const again = { ...person, password: newPassword };
    expectRefusal(await signIn(again), 'account');
    const headers = { cookie: withoutLogin(reset) };
    expect((await signIn(again, { headers })).status).toBe(200);
  });
});

test('a sign-in asks Redis once for its client and once for the account', async () => {
  const person = await confirmed();
  const redis = await harness.tap(harness.env.UPSTASH_REDIS_REST_URL);
  const env = { UPSTASH_REDIS_REST_URL: redis.url };
  // The first one loads the limiter's scripts.
  expect((await signIn(person, { env })).status).toBe(200);
  const before = (await redis.calls()).length;
  const answer = await signIn(person, { env });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('ratelimit')).toMatch(
    /^"account-client";r=1\d;t=\d+, "account";r=\d+;t=\d+$/,
  );
  expect((await redis.calls()).length - before).toBe(2);
});

describe('the mails to one address', { timeout: 150_000 }, () => {
  const askForReset = (email: string, headers?: Record<string, string>) =>
    post('/request-password-reset', { email }, headers && { headers });
  const received = async (email: string) => (await mails.list(email)).length;

  test('are not used up by one client', async () => {
    const { email } = await confirmed();
    await wholeWindowAhead();
    const before = await received(email);
    for (let count = 0; count < 10; count += 1) await askForReset(email, from(5));
    expect(await received(email)).toBe(before + 5);
    await askForReset(email, from(6));
    expect(await received(email)).toBe(before + 6);
  });

  test('are not used up by many clients for a browser that signed in before', async () => {
    const person = await confirmed();
    await wholeWindowAhead();
    const own = { cookie: withoutLogin(await signIn(person)) };
    const other = { cookie: withoutLogin(await signIn(await confirmed())) };
    for (let count = 0; count < 10; count += 1) await askForReset(person.email);
    expect(await received(person.email)).toBe(10);
    await askForReset(person.email, other);
    expect(await received(person.email)).toBe(10);
    for (let count = 0; count < 6; count += 1) await askForReset(person.email, own);
    expect(await received(person.email)).toBe(15);
  });
});

describe('requests under /auth', { timeout: 150_000 }, () => {
  test('count by address, apart from the API and from pages; a known browser passes', async () => {
    const person = await confirmed();
    const { cookie } = await signIn(person);
    const known = withoutLogin({ ...(await signIn(person)) });
    await wholeWindowAhead();
    const statuses: number[] = [];
    for (let count = 0; count < 101; count += 1)
      statuses.push((await get('/verify-email?token=x', { headers: from(77) })).status);
    expect(new Set(statuses.slice(0, 100))).toEqual(new Set([401]));
    expect(statuses[100]).toBe(429);
    expectRefusal(await get('/get-session', { headers: from(77) }), 'sign-in');
    expectRefusal(await signIn(person, { headers: from(77) }), 'sign-in');
    expect((await signIn(person, { headers: { ...from(77), cookie: known } })).status).toBe(200);
    expect((await get('/get-session', { headers: { ...from(77), cookie } })).status).toBe(200);
    for (const [path, status] of [
      ['/v1/sessions', 401],
      ['/docs', 200],
    ] as const)
      expect((await harness.request('GET', path, { headers: from(77) })).status).toBe(status);
  });

  test('of strangers whose address is not known keep neither known browsers nor the API nor pages out', async () => {
    const person = await confirmed();
    const known = withoutLogin(await signIn(person));
    await wholeWindowAhead();
    // In Redis, all of unknown address count together, those of other files too: this isolate counts them here.
    const env = { CLIENT_IP_HEADER: '', UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    let answer = await get('/verify-email?token=x', { env });
    for (let count = 0; count < 100 && answer.status !== 429; count += 1)
      answer = await get('/verify-email?token=x', { env });
    expectRefusal(answer, 'sign-in');
    expectRefusal(await signIn(person, { env }), 'sign-in');
    expect((await signIn(person, { env, headers: { cookie: known } })).status).toBe(200);
    const { apiKey } = await harness.newWorkspace();
    for (const [path, key, status] of [
      ['/docs', undefined, 200],
      ['/v1/sessions', undefined, 401],
      ['/v1/sessions', apiKey, 200],
    ] as const)
      expect((await harness.request('GET', path, { env, ...(key && { key }) })).status).toBe(
        status,
      );
  });

  test('count by account in the browsers that signed in to it, however many those are', async () => {
    const person = await confirmed();
    await wholeWindowAhead();
    const left = async (signedIn: AuthAnswer) => {
      const { headers } = await get('/verify-email?token=x', {
        headers: { cookie: withoutLogin(signedIn) },
      });
      return headers.get('x-ratelimit-remaining');
    };
    expect(await left(await signIn(person))).toBe('99');
    expect(await left(await signIn(person))).toBe('98');
  });

  test('are not used up by pages of other sites', async () => {
    const crossSite = { ...from(78), 'sec-fetch-site': 'cross-site' };
    await wholeWindowAhead();
    const left = async (headers: Record<string, string>) =>
      (await get('/verify-email?token=x', { headers })).headers.get('x-ratelimit-remaining');
    for (let count = 99; count >= 0; count -= 1) expect(await left(crossSite)).toBe(String(count));
    expectRefusal(await get('/verify-email?token=x', { headers: crossSite }), 'sign-in');
    expect(await left(from(78))).toBe('99');
  });

  test('that a login asks about itself show its limit', async () => {
    const { cookie } = await harness.newUser({});
    const { headers } = await get('/get-session', { headers: { cookie } });
    expect(headers.get('ratelimit-policy')).toBe('"login";q=300;w=60');
  });
});

test('a browser is known by a cookie that outlives the login and that no script reads', async () => {
  const { headers } = await signIn(await confirmed());
  const set = headers.getSetCookie().find((cookie) => cookie.includes('known_browser'));
  expect(set).toMatch(/; Max-Age=34560000; Path=\/auth; HttpOnly; SameSite=Lax$/);
  expect((await signIn(newPerson())).headers.getSetCookie()).toEqual([]);
});

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../app.ts';
import { createIsolateState, createServices } from '../../compose.ts';
import { createHarness } from '../../testing/harness.ts';
import { authClient } from '../../testing/person.ts';

const harness = await createHarness({ CORS_ORIGINS: 'https://app.example.com' });
const { ask, post, get, confirmed, newPerson, signIn, who } = authClient(harness);

/** The app with an isolate of its own, whose hashes and queries are counted. */
async function counted() {
  const tap = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
  const env = { ...harness.env, DATABASE_HTTP_URL: `${tap.url}/sql` };
  const isolate = createIsolateState(() => undefined);
  const { hashGate } = isolate;
  const app = createApp((_bindings, execution) =>
    createServices({ env, isolate, waitUntil: (work) => execution.waitUntil(work) }),
  );
  /** What one request costs, with what goes on after its answer. */
  const cost = async (path: string, body: unknown) => {
    const [hashes, queries] = [hashGate.runs, (await tap.calls()).length];
    const execution = createExecutionContext();
    const request = new Request(`http://waypost.test/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const response = await app.fetch(request, {}, execution);
    const text = await response.text();
    await waitOnExecutionContext(execution);
    return {
      status: response.status,
      headers: [...response.headers.keys()].toSorted(),
      body: text.replaceAll(/(?:usr|req)_\w{26}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'),
      hashes: hashGate.runs - hashes,
      queries: (await tap.calls()).length - queries,
    };
  };
  return { cost };
}

describe('nobody learns who has an account', () => {
  test('by signing up', async () => {
    const { cost } = await counted();
    const owner = await confirmed();
    const waiting = newPerson();
    await post('/sign-up/email', waiting);
    const body = { ...newPerson(), email: `fresh-${crypto.randomUUID()}@example.com` };
    const fresh = await cost('/sign-up/email', body);
    expect(fresh).toMatchObject({ status: 200, hashes: 1 });
    expect(fresh.queries).toBeGreaterThan(2);
    for (const { email } of [owner, waiting]) {
      const taken = await cost('/sign-up/email', { ...body, email });
      expect({ ...taken, body: taken.body.replace(email, body.email) }).toEqual(fresh);
    }
  });

  test('by signing in', async () => {
    const { cost } = await counted();
    const owner = await confirmed();
    const password = 'not the password';
    const unknown = await cost('/sign-in/email', { email: newPerson().email, password });
    expect(unknown).toMatchObject({ status: 401, hashes: 1 });
    expect(await cost('/sign-in/email', { email: owner.email, password })).toEqual(unknown);
    const waiting = newPerson();
    await post('/sign-up/email', waiting);
    expect(await cost('/sign-in/email', { email: waiting.email, password })).toEqual(unknown);
  });

  test('by asking for a new password', async () => {
    const { cost } = await counted();
    const owner = await confirmed();
    const unknown = await cost('/request-password-reset', { email: newPerson().email });
    expect(unknown).toMatchObject({ status: 200, hashes: 0 });
    expect(await cost('/request-password-reset', { email: owner.email })).toEqual(unknown);
  });
});

describe('pages of other sites', () => {
  const evil = { origin: 'https://evil.example' };

  test.each([
    ['with its origin', evil],
    ['of no origin', { origin: 'null' }],
    ['with its site', { 'sec-fetch-site': 'cross-site' }],
    ['as a form', { ...evil, 'content-type': 'application/x-www-form-urlencoded' }],
    ['as text', { ...evil, 'content-type': 'text/plain' }],
  ])('can do nothing %s, signed in or not', async (_how, headers) => {
    const { cookie, email } = await harness.newUser({});
    const body = { email, password: 'correct horse' };
    for (const path of ['/sign-in/email', '/sign-out', '/revoke-sessions', '/change-password'])
      for (const more of [{}, { cookie }]) {
        const answer = await post(path, JSON.stringify(body), { headers: { ...headers, ...more } });
        expect(answer, path).toMatchObject({ status: 403, code: 'FORBIDDEN', cookie: '' });
      }
    expect(await who(cookie)).toMatchObject({ body: { user: { email } } });
  });

  test('cannot use a form without saying where they are from either', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'email=ann%40example.com&password=correct';
    expect(await post('/sign-in/email', body, { headers })).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  test('our own and listed ones can, and so can programs', async () => {
    const person = await confirmed();
    for (const origin of ['http://waypost.test', 'https://app.example.com']) {
      const entered = await signIn(person, { headers: { origin } });
      expect(entered.status).toBe(200);
      const { cookie } = entered;
      const out = await post('/sign-out', {}, { headers: { origin, cookie } });
      expect(out.status).toBe(200);
    }
    const { cookie } = await signIn(person);
    expect((await post('/sign-out', {}, { headers: { cookie } })).status).toBe(200);
    const preflight = await harness.request('OPTIONS', '/auth/sign-in/email', {
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-credentials')).toBe('true');
    const listed = await signIn(person, { headers: { origin: 'https://app.example.com' } });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(listed.headers.get('access-control-allow-credentials')).toBe('true');
  });
});

describe('hashing', () => {
  test('is not begun for a password that is none', async () => {
    const { cost } = await counted();
    const { email } = newPerson();
    const huge = await cost('/sign-in/email', { email, password: 'x'.repeat(1_000_000) });
    expect(huge).toMatchObject({ status: 413, hashes: 0, queries: 0 });
    const long = await cost('/sign-in/email', { email, password: 'x'.repeat(10_000) });
    expect(long).toMatchObject({ status: 422, hashes: 0, queries: 0 });
  });

  test('leaves the isolate to others: requests beyond the limit are told to wait', async () => {
    const people = Array.from({ length: 40 }, newPerson);
    const answers = await Promise.all(people.map((person) => signIn(person)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    const refused = answers.find(({ status }) => status === 503);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' });
    expect(refused?.headers.get('retry-after')).toBe('5');
    expect((await signIn(newPerson())).status).toBe(401);
  });
});

describe('the surface', () => {
  test.each([
    ['GET', '/ok'],
    ['GET', '/error'],
    ['POST', '/update-user'],
    ['POST', '/delete-user'],
    ['POST', '/set-password'],
    ['POST', '/link-social'],
    ['GET', '/list-accounts'],
    ['POST', '/get-access-token'],
    ['GET', '/callback/github'],
    ['GET', '/reset-password/token'],
    ['POST', '/sign-up/email/'],
    ['POST', '//sign-in/email'],
  ])('%s %s is not there', async (method, path) => {
    const { cookie } = await harness.newUser({});
    const answer = await ask(method, path, {
      headers: { cookie },
      ...(method === 'POST' ? { body: {} } : {}),
    });
    expect(answer).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('names the methods of a path', async () => {
    const answer = await get('/sign-in/email');
    expect(answer).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test.each([
    ['/welcome?x=1', 'http://waypost.test/welcome?x=1'],
    ['/..//evil.example/', 'http://waypost.test//evil.example/'],
    ['https://app.example.com/in', 'https://app.example.com/in'],
  ])('names %s as an absolute URL after a sign-in', async (callbackURL, url) => {
    const { email, password } = await confirmed();
    const answer = await post('/sign-in/email', { email, password, callbackURL });
    expect(answer).toMatchObject({ status: 200, body: { url } });
  });

  test('tells an outage from a wrong password, and shows nothing of either', async () => {
    const { cookie, email } = await harness.newUser({});
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    const answers = [
      await post('/sign-in/email', { email, password: 'correct horse' }, { env }),
      await post('/sign-up/email', newPerson(), { env }),
      await post('/request-password-reset', { email }, { env }),
      await get('/get-session', { env, headers: { cookie } }),
      await post('/revoke-sessions', {}, { env, headers: { cookie } }),
      await post('/sign-in/social', { provider: 'google' }, { env }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      expect(JSON.stringify(answer.body)).not.toMatch(/sql|neon|select|127\.0/i);
    }
  });
});

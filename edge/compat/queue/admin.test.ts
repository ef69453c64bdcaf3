import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness, type TestRequest } from '../../testing/harness.ts';

const PASSWORD = 'pass:with:colons ü';
const harness = await createHarness({ ADMIN_USERNAME: 'root', ADMIN_PASSWORD: PASSWORD });
const admin = await harness.newUser({ isAdmin: true });

const basic = (login: string): TestRequest => ({
  headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
});
const login = basic(`root:${PASSWORD}`);
/** Its tries are counted apart. */
const NAME = crypto.randomUUID();
const UNSET = { ADMIN_PASSWORD: '' };

describe('administration', () => {
  test('mirrors /v1/admin in the queue’s envelope', async () => {
    const [own, ours] = await Promise.all(
      ['/api/admin/users?limit=1', '/v1/admin/users?limit=1'].map(async (path) => {
        const answer = await harness.request('GET', path, { key: admin.token });
        expect(answer.status).toBe(200);
        return answer.json<{ data: unknown; meta?: { nextCursor: unknown } }>();
      }),
    );
    expect(own).toEqual({ ok: true, data: ours?.data, nextCursor: ours?.meta?.nextCursor });
  });

  test('takes the password, which acts for the first administrator', async () => {
    const { email } = await harness.newUser();
    const list = await harness.request('GET', `/api/admin/users?email=${email}`, login);
    expect(await list.json()).toMatchObject({ ok: true, data: [{ email }] });
    const body = { email: `new-${email}`, name: 'New' };
    const made = await harness.request('POST', '/api/admin/users', { ...login, body });
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ ok: true, data: body });
  });

  test.each([
    ['another password', basic('root:pass')],
    ['another name', basic(`admin:${PASSWORD}`)],
    ['no colon', basic(`root${PASSWORD}`)],
    ['no Base64', { headers: { authorization: 'Basic ???' } }],
    ['nothing', {}],
  ])('refuses %s, and asks for the password', async (_what, request) => {
    const answer = await harness.request('GET', '/api/admin/users', request);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="waypost"');
    expect(await answer.json()).toMatchObject({ ok: false, error: { code: 'UNAUTHORIZED' } });
  });

  const from = (address: string, login: TestRequest): TestRequest => ({
    headers: { ...login.headers, 'cf-connecting-ip': address },
    env: { ADMIN_USERNAME: NAME },
  });
  const statusesOf = async (times: number, request: (n: number) => TestRequest) => {
    const sent = Array.from({ length: times }, (_, n) =>
      harness.request('GET', '/api/admin/users', request(n)),
    );
    return (await Promise.all(sent)).map(({ status }) => status);
  };

  test('takes no password of an address after 100 wrong ones, and of nobody after 500', async () => {
    const guess = basic(`${NAME}:guess`);
    const right = basic(`${NAME}:${PASSWORD}`);
    const tried = await statusesOf(100, () => from('198.51.100.77', guess));
    expect(new Set(tried)).toEqual(new Set([401]));
    expect(await statusesOf(1, () => from('198.51.100.77', right))).toEqual([429]);
    expect(await statusesOf(1, () => from('198.51.100.78', right))).toEqual([200]);
    for (let n = 0; n < 4; n += 1) await statusesOf(100, () => from(`203.0.113.${n}`, guess));
    expect(await statusesOf(1, () => from('198.51.100.78', right))).toEqual([429]);
  });

  test('records a wrong password under the first administrator', async () => {
    const answer = await harness.request('GET', '/admin', basic('root:wrong'));
    const requestId = String(answer.headers.get('x-request-id'));
    const { auditLog } = harness.schema;
    await expect
      .poll(() => harness.db.select().from(auditLog).where(eq(auditLog.requestId, requestId)))
      .toContainEqual(
        expect.objectContaining({
          action: 'user.sign_in_failed',
          actorId: null,
          target: expect.stringMatching(/^usr_/),
          details: { reason: 'INVALID_ADMIN_PASSWORD', method: 'adminPassword' },
        }),
      );
  });

  test('without a password set takes none, and is not open', async () => {
    for (const request of [login, basic('root:'), {}])
      for (const path of ['/admin', '/api/admin/users'])
        expect((await harness.request('GET', path, { ...request, env: UNSET })).status, path).toBe(
          401,
        );
  });

  test.each(['/v1/admin/users', '/v1/me', '/api/v1/sessions'])(
    'the password opens nothing else: %s',
    async (path) => {
      expect((await harness.request('GET', path, login)).status).toBe(401);
    },
  );

  test('another site’s page cannot use the password that a browser remembers', async () => {
    for (const page of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const headers = { ...login.headers, ...page };
      expect((await harness.request('GET', '/api/admin/users', { headers })).status).toBe(403);
    }
  });

  test.each([
    ['with the password', login],
    ['with an administrator’s login', { headers: { cookie: admin.cookie } }],
  ])('/admin leads to the dashboard’s administration %s', async (_how, request) => {
    const answer = await harness.request('GET', '/admin', request);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('/administration');
  });
});

test('the password of a platform without administrators says what is missing', async () => {
  const empty = await createHarness({ ADMIN_USERNAME: 'root', ADMIN_PASSWORD: PASSWORD });
  const answer = await empty.request('GET', '/admin', login);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('ADMIN_EMAILS');
});

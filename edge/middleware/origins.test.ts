import { beforeAll, describe, expect, test } from 'vitest';
import { parseEdgeEnv } from '../env.ts';
import { parseOrigin } from '../values/origin.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { failureIn } from '../testing/failure-in.ts';
import { listOperations } from '../testing/listed-operations.ts';
import { judgeOrigin } from './origins.ts';

const LISTED = 'https://app.example.com';
const WITH_PORT = 'http://localhost:5173';
const FRONTEND = 'https://dash.example.org';
const STRANGER = 'https://evil.example.net';
const SETTINGS = {
  CORS_ORIGINS: `https://App.Example.com/, ${WITH_PORT}`,
  FRONTEND_URL: `${FRONTEND}/login`,
};

let harness: Harness;
let areas: Map<string, { method: string; path: string }>;

beforeAll(async () => {
  harness = await createHarness(SETTINGS);
  const { all } = await listOperations(harness);
  // One operation of each area, the last: those that change something come after those that list.
  areas = new Map(
    all.map(({ operation: { method, path } }) => [
      path.split('/').slice(0, 3).join('/'),
      { method, path: path.replaceAll(/\{\w+\}/g, 'x') },
    ]),
  );
});

const preflight = (path: string, method: string, origin: string) =>
  harness.request('OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

const grants = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('a preflight, on each area of routes', () => {
  test.each([LISTED, WITH_PORT, FRONTEND])('from %s is answered for it alone', async (origin) => {
    expect([...areas.keys()]).toEqual(expect.arrayContaining(['/v1/messages', '/v1/sessions']));
    for (const [area, { method, path }] of areas) {
      const response = await preflight(path, method, origin);
      expect(response.status, area).toBe(204);
      const header = (name: string) => response.headers.get(name) ?? '';
      expect(header('access-control-allow-origin'), area).toBe(origin);
      expect(header('access-control-allow-credentials'), area).toBe('true');
      expect(header('access-control-allow-methods').split(','), area).toContain(method);
      expect(header('access-control-allow-headers').split(','), area).toEqual(
        expect.arrayContaining(['authorization', 'x-api-key', 'content-type', 'idempotency-key']),
      );
      expect(header('vary'), area).toMatch(/\bOrigin\b/);
      expect(header('x-request-id'), area).toMatch(/^req_/);
    }
  });

  test.each([STRANGER, 'null', 'https://APP.example.com', `${LISTED}:8443`, `${LISTED}/`])(
    'from %s is refused and grants nothing',
    async (origin) => {
      for (const [area, { method, path }] of areas) {
        const response = await preflight(path, method, origin);
        expect(response.status, area).toBe(403);
        expect(grants(response), area).toEqual([]);
        expect(response.headers.get('vary'), area).toMatch(/\bOrigin\b/);
        expect(failureIn(await response.json()), area).toMatchObject({ code: 'FORBIDDEN' });
      }
    },
  );
});

describe('an answer', () => {
  test('to a listed origin can be read, with its headers, errors too', async () => {
    const { apiKey } = await harness.newWorkspace();
    for (const [path, status] of [
      ['/v1/sessions', 200],
      ['/v1/sessions/unknown', 404],
    ] as const) {
      const response = await harness.request('GET', path, {
        key: apiKey,
        headers: { origin: LISTED },
      });
      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe(LISTED);
      expect(response.headers.get('access-control-allow-credentials')).toBe('true');
      expect(response.headers.get('vary')).toMatch(/\bOrigin\b/);
      const exposed = response.headers.get('access-control-expose-headers')?.split(',');
      expect(exposed).toEqual(
        expect.arrayContaining([
          'RateLimit',
          'RateLimit-Policy',
          'X-RateLimit-Remaining',
          'Retry-After',
          'Link',
          'X-Request-Id',
          'Idempotent-Replayed',
          'Waypost-Ignored',
        ]),
      );
    }
  });

  test.each([undefined, STRANGER, 'null', 'http://waypost.test'])(
    'to a key from origin %s is given, and grants pages nothing',
    async (origin) => {
      const { apiKey } = await harness.newWorkspace();
      const response = await harness.request('GET', '/v1/sessions', {
        key: apiKey,
        ...(origin === undefined ? {} : { headers: { origin } }),
      });
      expect(response.status).toBe(200);
      expect(grants(response)).toEqual([]);
      expect(response.headers.get('vary')).toMatch(/\bOrigin\b/);
    },
  );
});

describe('a request that carries a cookie', () => {
  const from = async (origin: string | undefined) => {
    const { apiKey } = await harness.newWorkspace();
    const headers = { cookie: 'session=abc', ...(origin === undefined ? {} : { origin }) };
    return harness.call('GET', '/v1/sessions', { key: apiKey, headers });
  };

  test.each([STRANGER, 'null', 'https://waypost.test'])('from %s is refused', async (origin) => {
    expect(await from(origin)).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });

  test.each([undefined, LISTED, 'http://waypost.test'])('from %s passes', async (origin) => {
    expect(await from(origin)).toMatchObject({ status: 200 });
  });

  const read = (headers: Record<string, string>) =>
    harness.request('GET', '/v1/sessions', { headers });
  const crossSite = { 'sec-fetch-site': 'cross-site' };

  test('from another site, as an image or a link sends it, is refused under /v1', async () => {
    const { cookie } = await harness.newUser({});
    expect((await read({ cookie, ...crossSite })).status).toBe(403);
    expect((await read({ cookie, ...crossSite, origin: STRANGER })).status).toBe(403);
    expect((await read({ cookie, ...crossSite, origin: LISTED })).status).toBe(200);
    expect((await read({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await read(crossSite)).status).toBe(401);
    const home = await harness.request('GET', '/docs', { headers: { cookie, ...crossSite } });
    expect(home.status).toBe(200);
  });
});

describe('a WebSocket upgrade', () => {
  const upgrade = async (origin: string) => {
    const headers = { upgrade: 'WebSocket', connection: 'upgrade', origin };
    const response = await harness.request('GET', '/v1/nowhere', { headers });
    return response.status;
  };

  test('is refused from an unlisted origin, before any credential is looked at', async () => {
    expect([await upgrade(STRANGER), await upgrade('null')]).toEqual([403, 403]);
    expect(await upgrade(LISTED)).toBe(401);
  });
});

test('without settings nothing but the own origin is allowed', async () => {
  const bare = await createHarness();
  const response = await bare.request('OPTIONS', '/v1/sessions', {
    headers: { origin: LISTED, 'access-control-request-method': 'GET' },
  });
  expect([response.status, grants(response)]).toEqual([403, []]);
  const settings = { ...bare.env, BASE_URL: 'https://api.example.com' };
  const judge = (origin: string, host: string) =>
    judgeOrigin(origin, `http://${host}/v1/sessions`, settings);
  expect(judge('https://api.example.com', '10.0.0.5:8787')).toBe('own');
  expect(judge('http://api.example.com', '10.0.0.5:8787')).toBe('unlisted');
  for (const host of ['127.0.0.1:8787', 'localhost:8787', '[::1]:8787'])
    expect(judge(`http://${host}`, host)).toBe('own');
  expect(judge('http://127.0.0.1:9999', '127.0.0.1:8787')).toBe('unlisted');
  for (const host of ['10.0.0.5:8787', 'evil.example', '127.0.0.1.evil.example'])
    expect(judge(`http://${host}`, host)).toBe('unlisted');
});

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['HTTPS://App.Example.com:443/', 'https://app.example.com'],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['https://app.example.com/path', null],
  ['https://app.example.com?x', null],
  ['https://user@app.example.com', null],
  ['https://*.example.com', null],
  ['*', null],
  ['null', null],
  ['app.example.com', null],
  ['ftp://app.example.com', null],
  ['https://', null],
])('the origin in %s is %s', (text, origin) => {
  expect(parseOrigin(text)).toBe(origin);
});

describe('the environment', () => {
  test.each([
    [{ CORS_ORIGINS: `${LISTED}, *` }, /CORS_ORIGINS: entry 2 is not an origin/],
    [{ CORS_ORIGINS: 'app.example.com' }, /CORS_ORIGINS: entry 1 is not an origin/],
    [{ FRONTEND_URL: 'app.example.com' }, /FRONTEND_URL: /],
    [{ CLIENT_IP_HEADER: 'X-Forwarded-For' }, /CLIENT_IP_HEADER: clients can write/],
    [{ CLIENT_IP_HEADER: 'not a header' }, /CLIENT_IP_HEADER: the name of one header/],
  ])('%j is refused, and the message says why', (bad, message) => {
    expect(() => parseEdgeEnv({ ...harness.env, ...plain, ...bad })).toThrow(message);
  });

  test('empty values are none', () => {
    const empty = { CORS_ORIGINS: '', FRONTEND_URL: '', CLIENT_IP_HEADER: '' };
    const env = parseEdgeEnv({ ...harness.env, ...plain, ...empty });
    expect(env).toMatchObject({ CORS_ORIGINS: [] });
    expect([env.FRONTEND_URL, env.CLIENT_IP_HEADER]).toEqual([undefined, undefined]);
  });

  /** The parsed environment as text again, where parsing made lists of it. */
  const plain = {
    CORS_ORIGINS: '',
    EGRESS_ALLOW: '',
    ADMIN_EMAILS: '',
    ADMIN_ALLOWED_IPS: '',
    SESSION_ENCRYPTION_KEY: `v1:${'ef'.repeat(32)}`,
    RUNNER_URLS: '',
    FLEET_REGIONS: '',
    SUPABASE_PROVIDERS: '',
    EDGE_TO_RUNNER_KEYS: `k1:${'ab'.repeat(32)}`,
    RUNNER_TO_EDGE_KEYS: `k1:${'cd'.repeat(32)}`,
  };
});

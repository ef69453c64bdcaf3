import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../app.ts';
import { createIsolateState, createServices } from '../../compose.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** What a browser sends when its user follows a link. */
const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
};
const NOWHERE = 'http://127.0.0.1:9';

describe('/health', () => {
  test('answers a browser and a monitor alike, without a key', async () => {
    for (const headers of [{}, NAVIGATION])
      expect(await harness.call('GET', '/health', { headers })).toMatchObject({
        status: 200,
        data: { status: 'ok' },
      });
  });
});

describe('/ready', () => {
  test('names every dependency', async () => {
    const { runnerId: id, bootId, url } = harness.newRunner().owner;
    await harness.db
      .insert(harness.schema.runners)
      .values({ id, bootId, url, region: 'local', maxSessions: 1 });
    const up = { status: 'up' };
    expect(await harness.call('GET', '/ready')).toMatchObject({
      status: 200,
      data: {
        status: 'ready',
        dependencies: { database: up, redis: up, qstash: up, objects: up },
        runners: { status: 'up', online: 1 },
      },
    });
    await harness.db.delete(harness.schema.runners);
  });

  test.each([
    ['redis', { UPSTASH_REDIS_REST_URL: NOWHERE }],
    ['redis', { UPSTASH_REDIS_REST_TOKEN: 'another token of Redis' }],
    ['qstash', { QSTASH_URL: NOWHERE }],
    ['objects', { S3_ENDPOINT: NOWHERE }],
    ['objects', { S3_SECRET_ACCESS_KEY: 'another secret of S3' }],
  ])('is degraded without %s (%j)', async (dependency, env) => {
    const answer = await harness.call('GET', '/ready', { env });
    expect(answer).toMatchObject({
      status: 200,
      data: { status: 'degraded', dependencies: { [dependency]: { status: 'down' } } },
    });
  });

  test('is degraded without a runner', async () => {
    expect(await harness.call('GET', '/ready')).toMatchObject({
      status: 200,
      data: { status: 'degraded', runners: { status: 'down', online: 0 } },
    });
  });

  test('is unavailable without the database, and says so in time', async () => {
    const hanging = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin, {
      holdMs: 10_000,
    });
    const answer = await harness.call('GET', '/ready', {
      env: { DATABASE_HTTP_URL: `${hanging.url}/sql` },
    });
    expect(answer).toMatchObject({
      status: 503,
      data: { status: 'unavailable', dependencies: { database: { status: 'down' } } },
    });
  });
});

describe('/ready, asked often', () => {
  test('asks the dependencies once a second', async () => {
    const tap = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const env = { ...harness.env, DATABASE_HTTP_URL: `${tap.url}/sql` };
    let now = Date.now();
    const isolate = createIsolateState(() => undefined);
    const app = createApp((_bindings, execution) =>
      createServices({
        env,
        isolate,
        waitUntil: (work) => execution.waitUntil(work),
        now: () => now,
      }),
    );
    const ask = async () => {
      const execution = createExecutionContext();
      const answer = await app.fetch(new Request('http://waypost.test/ready'), {}, execution);
      await waitOnExecutionContext(execution);
      return answer.json();
    };
    const [first, ...others] = z
      .array(z.object({ data: z.unknown() }))
      .parse(await Promise.all(Array.from({ length: 5 }, ask)));
    const queries = (await tap.calls()).length;
    expect(queries).toBe(2);
    for (const other of others) expect(other.data).toEqual(first?.data);
    now += 999;
    expect(await ask()).toMatchObject({ data: first?.data });
    expect(await tap.calls()).toHaveLength(queries);
    now += 1;
    await ask();
    expect(await tap.calls()).toHaveLength(2 * queries);
  });
});

describe('an address that is too long', () => {
  test.each([
    ['path', `/${'a'.repeat(2_048)}`],
    ['path', `/v1/sessions/${'%41'.repeat(1_000)}`],
    ['query', `/v1/sessions?x=${'a'.repeat(16_384)}`],
    ['query', `/auth/verify-email?token=${'a'.repeat(16_384)}`],
  ])('is refused for its %s before it costs anything', async (part, address) => {
    const answer = await harness.call('GET', address);
    expect(answer).toMatchObject({
      status: 414,
      error: { code: 'URI_TOO_LONG', details: { part, limit: expect.any(Number) } },
    });
    expect(answer.headers.get('ratelimit')).toBeNull();
  });
});

describe('pages', () => {
  const asked: string[] = [];
  const ASSETS = {
    fetch: (request: Request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      return Promise.resolve(new Response(`file ${pathname}`));
    },
  };
  const visit = (path: string) =>
    harness.request('GET', path, { headers: NAVIGATION, env: { ASSETS } });
  beforeEach(() => {
    asked.length = 0;
  });

  test.each(['/', '/docs', '/sign-in', '/sessions/ses_1'])(
    '%s is a page with a policy that allows no inline code',
    async (path) => {
      const response = await visit(path);
      const html = await response.text();
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    },
  );

  test.each([
    '/',
    '/sign-in/link',
    '/sessions',
    '/sessions/ses_1?tab=settings',
    '/invitations?token=x',
  ])('the dashboard answers to %s', async (path) => {
    expect(await (await visit(path)).text()).toBe('file /dashboard-assets/index.html');
  });

  test.each(['/v1/sessions', '/auth/callback/google', '/nowhere', '/sessionsx', '/api/sessions'])(
    'it leaves %s to the API, also in a browser',
    async (path) => {
      const response = await visit(path);
      expect(response.headers.get('content-type') ?? '').not.toContain('html');
      expect(asked).toEqual([]);
    },
  );

  test('files whose name changes with their content are kept, others are asked for again', async () => {
    const cacheOf = async (name: string) =>
      (await visit(`/dashboard-assets/${name}`)).headers.get('cache-control');
    expect(await cacheOf('index-B0uMnvm-.js')).toBe('public, max-age=31536000, immutable');
    expect(await cacheOf('theme.js')).toBeNull();
  });

  test('files of the reference come from the static assets, and only those', async () => {
    const file = await visit('/docs-assets/docs.js');
    expect([file.status, await file.text()]).toEqual([200, 'file /docs-assets/docs.js']);
    await visit('/v1/docs-assets/docs.js');
    expect(asked).toEqual(['/docs-assets/docs.js']);
  });

  test('a page that does not exist is NOT_FOUND', async () => {
    expect(await harness.call('GET', '/nowhere', { headers: NAVIGATION })).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
  });
});

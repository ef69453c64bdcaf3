import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
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

describe('/health', () => {
  test('answers a browser and a monitor alike, without a key', async () => {
    for (const headers of [{}, NAVIGATION])
      expect(await harness.call('GET', '/health', { headers })).toMatchObject({
        status: 200,
        data: { status: 'ok' },
      });
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

  test.each(['/', '/docs', '/guide', '/guide/quick-start', '/sign-in', '/sessions/ses_1'])(
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

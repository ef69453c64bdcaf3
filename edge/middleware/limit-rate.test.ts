import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyPolicies } from '../services/keys/key-limit.ts';
import { wholeWindow } from '../testing/whole-window.ts';
import { createHarness, type Harness, type TestRequest } from '../testing/harness.ts';
import { countedClient } from './counted-address.ts';
import { IsolateLimiter } from '../limiter/isolate-limiter.ts';
import { countsOf, rateLimitHeaders } from '../limiter/port.ts';
import { createRedisRateLimiter } from '../limiter/redis-rate-limiter.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
beforeEach(() => wholeWindow({ windowSeconds: 60, neededSeconds: 10 }));

/** An address of documentation's own, so that no other test counts by it. */
const newAddress = (): string =>
  `2001:db8:${[1, 2].map(() => Math.floor(Math.random() * 65_536).toString(16)).join(':')}::1`;

const from = (address: string, options: TestRequest = {}, path = '/v1/sessions') =>
  harness.request('GET', path, {
    ...options,
    headers: { 'cf-connecting-ip': address, ...options.headers },
  });

async function useUp(address: string): Promise<Response[]> {
  const answers: Response[] = [];
  for (let n = 0; n < 10; n += 1)
    answers.push(...(await Promise.all(Array.from({ length: 10 }, () => from(address)))));
  return answers;
}

describe('a client without a valid credential', () => {
  test('has 100 requests in 15 minutes, then is told to wait; others and good keys are not', async () => {
    const address = newAddress();
    const { apiKey } = await harness.newWorkspace();
    expect(new Set((await useUp(address)).map(({ status }) => status))).toEqual(new Set([401]));

    const refused = await from(address);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=100;w=900');
    expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('100');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('www-authenticate')).toBeNull();
    expect(await refused.json()).toMatchObject({
      success: false,
      error: { code: 'RATE_LIMITED', details: { window: 'address', limit: 100 } },
    });

    expect((await from(newAddress())).status).toBe(401);
    expect((await from(address, { key: apiKey })).status).toBe(200);
    expect((await from(address, {}, '/docs')).status).toBe(200);
    expect((await from(address, {}, '/auth/get-session')).status).toBe(200);
  });

  test('is counted, whatever is wrong with its credential', async () => {
    const address = newAddress();
    const { workspaceId, apiKey } = await harness.newWorkspace();
    const revoked = await harness.newKey(workspaceId, { revokedAt: new Date() });
    const left = async (answer: Promise<Response>) =>
      (await answer).headers.get('ratelimit')?.replace(/;t=\d+$/, '');
    expect(await left(from(address, { key: apiKey }))).toMatch(/^"minute";r=59;/);
    expect(await left(from(address))).toBe('"address";r=99');
    expect(await left(from(address, { key: `${apiKey}x` }))).toBe('"address";r=98');
    expect(await left(from(address, { key: revoked.apiKey }))).toBe('"address";r=97');
    const send = harness.request('POST', '/v1/messages/text', {
      key: revoked.apiKey,
      body: { to: '+15550100001', text: 'Hello' },
      headers: { 'cf-connecting-ip': address },
    });
    expect(await left(send)).toBe('"address";r=96');
  });

  test('cannot take another address for itself', async () => {
    const address = newAddress();
    const spoofed = { 'x-forwarded-for': newAddress(), 'x-real-ip': newAddress() };
    await from(address);
    const second = await from(address, { headers: spoofed });
    expect(second.headers.get('x-ratelimit-remaining')).toBe('98');

    const unnamed = { env: { CLIENT_IP_HEADER: '' } };
    const left = async () =>
      Number((await from(newAddress(), unnamed)).headers.get('x-ratelimit-remaining'));
    expect((await left()) - (await left())).toBe(1);
  });

  test.each([
    ['known', {}],
    ['unknown', { env: { CLIENT_IP_HEADER: '' } }],
  ])('of an address that is %s is not charged for what other sites send', async (_how, options) => {
    const address = newAddress();
    const left = async (headers: Record<string, string> = {}) =>
      Number((await from(address, { ...options, headers })).headers.get('x-ratelimit-remaining'));
    const before = await left();
    for (let n = 0; n < 5; n += 1) await left({ 'sec-fetch-site': 'cross-site' });
    expect(await left()).toBe(before - 1);
  });
});

describe('pages, their files, /ready and what is not there', () => {
  const files = () => Promise.resolve(new Response('/* js */'));
  const options = { env: { ASSETS: { fetch: files } } };
  const PATHS = [
    '/',
    '/sessions',
    '/dashboard-assets/x.js',
    '/docs',
    '/docs-assets/docs.js',
    '/guide/quick-start',
    '/guide-assets/guide.js',
    '/openapi.json',
    '/ready',
    '/nowhere',
  ];
  const left = async (address: string, path: string) =>
    (await from(address, options, path)).headers.get('ratelimit')?.replace(/;t=\d+$/, '');

  test('count together', async () => {
    const address = newAddress();
    for (const [index, path] of PATHS.entries())
      expect(await left(address, path), path).toBe(`"page";r=${299 - index}`);
    expect(await left(address, '/health')).toBeUndefined();
  });

  test('have 300 requests a minute', async () => {
    const address = newAddress();
    for (let n = 0; n < 10; n += 1)
      await Promise.all(Array.from({ length: 30 }, () => from(address, {}, '/nowhere')));
    for (const path of PATHS) {
      const refused = await from(address, options, path);
      expect(refused.status, path).toBe(429);
      expect(Number(refused.headers.get('retry-after')), path).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ error: { details: { window: 'page' } } });
    }
    expect((await from(address, {}, '/health')).status).toBe(200);
  });

  test('count against a key that asks, not against its address', async () => {
    const address = newAddress();
    const { apiKey } = await harness.newWorkspace();
    const answer = await from(address, { key: apiKey }, '/v1/nowhere');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('ratelimit')).toMatch(/^"minute";r=59;/);
    expect(await left(address, '/')).toBe('"page";r=299');
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:0DB8:1:2::ffff', '2001:db8:1:2::'],
  ['203.0.113.9, 198.51.100.1', 'unknown'],
  ['localhost', 'unknown'],
  ['', 'unknown'],
])('the address %s counts as %s', (stated, counted) => {
  const headers = new Headers({ 'cf-connecting-ip': stated });
  expect(countedClient(headers, 'cf-connecting-ip')).toBe(counted);
  expect(countedClient(headers, undefined)).toBe('unknown');
  headers.set('sec-fetch-site', 'cross-site');
  expect(countedClient(headers, 'cf-connecting-ip')).toBe(`${counted}:cross-site`);
});

describe('a key', () => {
  test('with a limit of its own may use it all hour long', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { perMinute: 120 });
    const answer = await from(newAddress(), { key: apiKey });
    expect(answer.headers.get('ratelimit-policy')).toBe(
      '"minute";q=120;w=60, "hour";q=7200;w=3600',
    );
  });

  test('ten times over its limit, from three places at once, gets the limit and no more; others are served', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey: greedy } = await harness.newKey(workspaceId, { perMinute: 20 });
    const { apiKey: modest } = await harness.newWorkspace();
    const places = [newAddress(), newAddress(), newAddress()];
    const beside = Array.from({ length: 10 }, () => from(newAddress(), { key: modest }));
    const statuses: number[] = [];
    // Few at once: with all 200, a busy machine answers the last later than the limiter waits for Redis.
    while (statuses.length < 200) {
      const burst = Array.from({ length: Math.min(10, 200 - statuses.length) }, (_nothing, index) =>
        from(places[index % 3] ?? '', { key: greedy }),
      );
      statuses.push(...(await Promise.all(burst)).map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(180);
    const others = await Promise.all(beside);
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  });

  test('is refused when its hour is used up, and told when the hour ends', async () => {
    const { keyId, apiKey } = await harness.newWorkspace();
    const [, hour] = keyPolicies(undefined);
    const policies = hour === undefined ? [] : [hour];
    for (let n = 0; n < 20; n += 1) {
      const { rateLimiter } = harness.services();
      const used = Array.from({ length: 50 }, () => rateLimiter.check(countsOf(keyId, policies)));
      expect((await Promise.all(used)).every(({ allowed }) => allowed)).toBe(true);
    }
    const refused = await harness.call('GET', '/v1/sessions', { key: apiKey });
    expect(refused).toMatchObject({
      status: 429,
      error: { code: 'RATE_LIMITED', details: { window: 'hour', limit: 1_000 } },
    });
    expect(refused.headers.get('ratelimit-policy')).toBe(
      '"minute";q=60;w=60, "hour";q=1000;w=3600',
    );
    expect(refused.headers.get('ratelimit')).toMatch(/^"minute";r=59;t=\d+, "hour";r=0;t=\d+$/);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('1000');
    const reset = refused.headers.get('x-ratelimit-reset');
    expect(refused.headers.get('retry-after')).toBe(reset);
  });
});

test('what the minute refused does not use up the hour', async () => {
  const work: Promise<unknown>[] = [];
  const limiter = createRedisRateLimiter({
    env: harness.env,
    fallback: new IsolateLimiter(),
    log: () => undefined,
    now: Date.now,
    waitUntil: (promise) => void work.push(promise),
  });
  const hour = { name: 'hour', limit: 10, windowSeconds: 3_600 };
  const minute = { name: 'minute', limit: 2, windowSeconds: 60 };
  const subject = crypto.randomUUID();
  const allowed: boolean[] = [];
  for (let n = 0; n < 8; n += 1)
    allowed.push((await limiter.check(countsOf(subject, [minute, hour]))).allowed);
  expect(allowed.filter(Boolean)).toHaveLength(2);
  await Promise.all(work);
  const { windows } = await limiter.check(countsOf(subject, [hour]));
  expect(windows).toMatchObject([{ remaining: 7 }]);
});

test('a refusal that comes when its window is just over still says to wait a second', async () => {
  const limiter = createRedisRateLimiter({
    env: harness.env,
    fallback: new IsolateLimiter(),
    log: () => undefined,
    now: () => Date.now() + 120_000,
    waitUntil: () => undefined,
  });
  const once = countsOf(crypto.randomUUID(), [{ name: 'minute', limit: 1, windowSeconds: 60 }]);
  await limiter.check(once);
  const verdict = await limiter.check(once);
  expect(verdict).toMatchObject({ allowed: false, windows: [{ resetSeconds: 1 }] });
  expect(rateLimitHeaders(verdict)).toMatchObject({ 'Retry-After': '1' });
});

test('the X- headers show the window with the fewest requests left', () => {
  const minute = { name: 'minute', limit: 60, windowSeconds: 60, allowed: true, resetSeconds: 9 };
  const hour = {
    name: 'hour',
    limit: 1_000,
    windowSeconds: 3_600,
    allowed: true,
    resetSeconds: 99,
  };
  const shown = (left: number) =>
    rateLimitHeaders({
      allowed: true,
      windows: [
        { ...minute, remaining: 50 },
        { ...hour, remaining: left },
      ],
    });
  expect(shown(51)).toMatchObject({ 'X-RateLimit-Limit': '60', 'X-RateLimit-Remaining': '50' });
  expect(shown(49)).toMatchObject({ 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '49' });
  expect(shown(49)).not.toHaveProperty('Retry-After');
});

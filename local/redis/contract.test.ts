import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ratelimit } from '@upstash/ratelimit';
import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningService } from '../service-process.ts';
import { startRedis } from './server.ts';
import { hasRedisServer, startRedisServer, type TestRedisServer } from './testing/server.ts';

const TOKEN = 'a-token-of-enough-length';

const engines = [
  { engine: 'embedded', missing: false },
  { engine: 'redis-server', missing: !hasRedisServer },
] as const;

/** What the edge relies on, through the clients it uses. Without a redis-server that half shows as skipped. */
describe.each(engines)('redis over $engine', ({ engine, missing }) => {
  describe.skipIf(missing)('with Upstash’s clients', () => {
    let directory: string;
    let server: TestRedisServer | undefined;
    let service: RunningService;
    let redis: Redis;

    beforeAll(async () => {
      directory = await mkdtemp(path.join(tmpdir(), 'waypost-redis-'));
      server = engine === 'redis-server' ? await startRedisServer(directory) : undefined;
      const config = { dataDir: directory, token: TOKEN };
      service = await startRedis(
        server === undefined ? config : { ...config, redisUrl: server.url },
        { log: () => undefined },
      );
      redis = new Redis({ url: service.url, token: TOKEN });
    });

    beforeEach(() => redis.del('k', 'n', 'text', 'json', 'ok', 'word', 'huge'));

    afterAll(async () => {
      await service.close();
      await server?.close();
      await rm(directory, { recursive: true });
    });

    const raw = (body: unknown, where = '/', headers: Record<string, string> = {}) =>
      fetch(`${service.url}${where}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });

    test('keeps strings as they are', async () => {
      expect(await redis.set('text', 'zażółć 🦊\n"')).toBe('OK');
      expect(await redis.get('text')).toBe('zażółć 🦊\n"');
      await redis.set('json', { a: [1, 'x', null] });
      expect(await redis.get('json')).toEqual({ a: [1, 'x', null] });
      await redis.set('ok', 'OK');
      expect(await redis.mget('ok', 'text', 'none')).toEqual(['OK', 'zażółć 🦊\n"', null]);
      expect(await redis.del('ok', 'none')).toBe(1);
      expect(await redis.get('ok')).toBeNull();
    });

    test('sets a new key only, where asked to', async () => {
      expect(await redis.set('k', 1, { nx: true, ex: 100 })).toBe('OK');
      expect(await redis.set('k', 2, { nx: true, ex: 100 })).toBeNull();
      expect(await redis.get('k')).toBe(1);
    });

    test('counts', async () => {
      expect(await redis.incrby('n', 41)).toBe(41);
      expect(await redis.incrby('n', -2)).toBe(39);
      await redis.set('word', 'x');
      await expect(redis.incrby('word', 1)).rejects.toThrow('ERR value is not an integer');
      await redis.set('huge', '9223372036854775807');
      await expect(redis.incrby('huge', 1)).rejects.toThrow('overflow');
    });

    test('expires', async () => {
      await redis.set('k', 'v', { ex: 100 });
      expect(await redis.pttl('k')).toBeGreaterThan(99_000);
      await redis.set('k', 'w');
      expect(await redis.pttl('k')).toBe(-1);
      expect(await redis.pexpire('k', 50_000)).toBe(1);
      expect(await redis.pttl('k')).toBeGreaterThan(49_000);
      expect(await redis.pexpireat('k', 1)).toBe(1);
      expect(await redis.pttl('k')).toBe(-2);
      expect(await redis.pexpire('none', 1)).toBe(0);
      await expect(redis.set('k', 'v', { ex: 0 })).rejects.toThrow('invalid expire time');
    });

    test('runs a pipeline past an error', async () => {
      const pipeline = redis.pipeline();
      pipeline.set('k', 'v');
      pipeline.incrby('k', 1);
      pipeline.get('k');
      const results = await pipeline.exec({ keepErrors: true });
      expect(results.map(({ result }) => result)).toEqual(['OK', undefined, 'v']);
      expect(results[1]?.error).toContain('ERR value is not an integer');
    });

    test('speaks plain JSON to those who do not ask for base64', async () => {
      await raw(['SET', 'k', 'ü']);
      expect(await (await raw(['GET', 'k'])).json()).toEqual({ result: 'ü' });
      expect(await (await raw(['INCRBY', 'n', 2])).json()).toEqual({ result: 2 });
      const encoded = await raw(['GET', 'k'], '/', { 'upstash-encoding': 'base64' });
      expect(await encoded.json()).toEqual({ result: Buffer.from('ü').toString('base64') });
    });

    test('answers 401 without the token and 400 to what it cannot take', async () => {
      const stranger = new Redis({ url: service.url, token: 'not-the-token' });
      await expect(stranger.get('k')).rejects.toThrow('Unauthorized');
      const none = await fetch(service.url, { method: 'POST', body: '["PING"]' });
      expect(none.status).toBe(401);
      expect((await raw('no json')).status).toBe(400);
      expect((await raw([])).status).toBe(400);
      expect((await raw({ a: 1 }, '/pipeline')).status).toBe(400);
      expect((await raw(['GET'])).status).toBe(400);
      expect(await (await raw(['NONSENSE'])).json()).toEqual({
        error: expect.stringContaining('ERR unknown command'),
      });
    });

    test('runs scripts, by source and by digest', async () => {
      const script = `#!lua flags=allow-key-locking
        -- ${randomUUID()}
        return {KEYS[1], ARGV[1], #ARGV, 3.9, false, true}`;
      const expected = ['k', 'v', 1, 3, null, 1];
      const sha = createHash('sha1').update(script).digest('hex');
      await expect(redis.evalsha(sha, ['k'], ['v'])).rejects.toThrow('NOSCRIPT');
      expect(await redis.eval(script, ['k'], ['v'])).toEqual(expected);
      expect(await redis.evalsha(sha, ['k'], ['v'])).toEqual(expected);
    });

    test('lets scripts call commands, and tells of errors', async () => {
      const counted = await redis.eval(
        "for i = 1, 3 do redis.call('INCRBY', KEYS[1], i) end return redis.call('GET', KEYS[1])",
        ['n'],
        [],
      );
      expect(counted).toBe(6);
      await redis.eval("redis.call('SET', KEYS[1], 1 / 2)", ['k'], []);
      expect(await redis.get('k')).toBe(0.5);
      await redis.set('word', 'x');
      const raised = redis.eval("redis.call('INCRBY', KEYS[1], 1) return 1", ['word'], []);
      await expect(raised).rejects.toThrow('not an integer');
      await expect(redis.eval('return nonsense(', [], [])).rejects.toThrow('compiling script');
      await expect(redis.eval('leak = 1', [], [])).rejects.toThrow(
        'Attempt to modify a readonly table',
      );
    });

    const limiters = [
      ['slidingWindow', Ratelimit.slidingWindow(5, '1 h')],
      ['fixedWindow', Ratelimit.fixedWindow(5, '1 h')],
    ] as const;

    test.each(limiters)('limits by %s, also when twenty ask at once', async (name, limiter) => {
      const limit = new Ratelimit({
        redis,
        limiter,
        prefix: name,
        ephemeralCache: false,
        dynamicLimits: true,
      });
      const answers = await Promise.all(Array.from({ length: 20 }, () => limit.limit('who')));
      expect(answers.filter(({ success }) => success)).toHaveLength(5);
      expect((await limit.limit('other')).remaining).toBe(4);
      await limit.limit('other', { rate: -1 });
      expect((await limit.limit('other')).remaining).toBe(4);
      await limit.setDynamicLimit({ limit: 2 });
      expect((await limit.limit('other')).success).toBe(true);
      expect((await limit.limit('other')).success).toBe(false);
      await limit.setDynamicLimit({ limit: false });
      expect((await limit.limit('other')).success).toBe(true);
    });
  });
});

test.skipIf(!hasRedisServer)('answers 503 while a Redis of your own is gone', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'waypost-redis-'));
  const server = await startRedisServer(directory);
  const config = { dataDir: directory, token: TOKEN, redisUrl: server.url };
  const service = await startRedis(config, { log: () => undefined });
  await server.close();
  const response = await fetch(service.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: '["PING"]',
  });
  expect(response.status).toBe(503);
  await service.close();
  await rm(directory, { recursive: true });
});

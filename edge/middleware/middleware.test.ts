import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createHarness, type Harness } from '../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const list = (key: string, options: { headers?: Record<string, string>; env?: object } = {}) =>
  harness.call('GET', '/v1/sessions', { key, ...options, env: { ...options.env } });

describe('the credential', () => {
  test('comes as Bearer or in x-api-key', async () => {
    const { apiKey } = await harness.newWorkspace();
    expect(await list(apiKey)).toMatchObject({ status: 200 });
    const headers = { 'x-api-key': apiKey };
    expect(await harness.call('GET', '/v1/sessions', { headers })).toMatchObject({ status: 200 });
  });

  test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b', ''])(
    'Authorization "%s" is none, whatever x-api-key says',
    async (authorization) => {
      const { apiKey } = await harness.newWorkspace();
      const headers = { authorization, 'x-api-key': apiKey };
      const answer = await harness.call('GET', '/v1/sessions', { headers });
      expect(answer).toMatchObject({ status: 401 });
    },
  );

  test('is not read from the query', async () => {
    const { apiKey } = await harness.newWorkspace();
    const answer = await harness.call('GET', `/v1/sessions?token=${apiKey}`);
    expect(answer).toMatchObject({ status: 401 });
  });
});

describe('the rate limit', () => {
  test('counts per key, shows what is left, and refuses the 61st request of a minute', async () => {
    const [{ apiKey }, other] = [await harness.newWorkspace(), await harness.newWorkspace()];
    const first = await list(apiKey);
    expect(first.headers.get('x-ratelimit-limit')).toBe('60');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('59');
    expect(first.headers.get('ratelimit-policy')).toBe('"minute";q=60;w=60, "hour";q=1000;w=3600');
    expect(first.headers.get('ratelimit')).toMatch(/^"minute";r=59;t=\d+, "hour";r=999;t=\d+$/);
    const rest = await Promise.all(Array.from({ length: 61 }, () => list(apiKey)));
    const refused = rest.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]).toMatchObject({
      error: { code: 'RATE_LIMITED', details: { window: 'minute', limit: 60 } },
    });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await list(other.apiKey)).toMatchObject({ status: 200 });
  });

  test('lets requests pass when Redis is gone, and still counts them in the isolate', async () => {
    const { apiKey } = await harness.newWorkspace();
    const env = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    const answers = await Promise.all(Array.from({ length: 61 }, () => list(apiKey, { env })));
    const allowed = answers.filter(({ status }) => status === 200);
    expect(allowed).toHaveLength(60);
    expect(answers.find(({ status }) => status === 429)).toMatchObject({
      error: { code: 'RATE_LIMITED' },
    });
  });

  test('does not wait for a Redis that hangs', async () => {
    const { apiKey } = await harness.newWorkspace();
    const hanging = await harness.tap(harness.env.UPSTASH_REDIS_REST_URL, { holdMs: 15_000 });
    const env = { UPSTASH_REDIS_REST_URL: hanging.url };
    const answer = await list(apiKey, { env });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('59');
    expect((await hanging.calls()).map(({ endedAt }) => endedAt)).toEqual([0]);
  });

  test('refuses before the database is asked, once it has refused', async () => {
    const { apiKey } = await harness.newWorkspace();
    const env = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    for (let n = 0; n < 60; n += 1) await list(apiKey, { env });
    expect(await list(apiKey, { env })).toMatchObject({ status: 429 });
    const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const answer = await list(apiKey, {
      env: { ...env, DATABASE_HTTP_URL: `${database.url}/sql` },
    });
    expect(answer).toMatchObject({ status: 429 });
    expect(await database.calls()).toEqual([]);
  });
});

describe('the environment', () => {
  test('a bad one is a clear 500 that shows neither names nor values', async () => {
    const response = await harness.request('GET', '/health', {
      env: { API_KEY_SIGNING_KEY: 'too short a secret' },
    });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ success: false, error: { code: 'INTERNAL' } });
    expect(text).not.toMatch(/API_KEY_SIGNING_KEY|too short/);
  });
});

describe('a method that an address does not take', () => {
  test('is METHOD_NOT_ALLOWED, with those that it takes', async () => {
    const { apiKey } = await harness.newWorkspace();
    const answer = await harness.call('PUT', '/v1/sessions', { key: apiKey, body: {} });
    expect(answer).toMatchObject({ status: 405, error: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

describe('the log', () => {
  test('has one line for a request, with its id and neither query nor key', async () => {
    const { apiKey, workspaceId, keyId } = await harness.newWorkspace();
    const log = vi.spyOn(console, 'log');
    onTestFinished(() => log.mockRestore());
    const path = '/v1/sessions/unknown?token=s3cr3t';
    const answer = await harness.call('GET', path, { key: apiKey });
    const lines = log.mock.calls.map(([line]) => String(line));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        event: 'request',
        requestId: answer.meta.requestId,
        method: 'GET',
        route: '/v1/sessions/:id',
        status: 422,
        outcome: 'refused',
        code: 'VALIDATION_ERROR',
        workspaceId,
        keyId,
      },
    ]);
    expect(lines.join()).not.toContain('s3cr3t');
    expect(lines.join()).not.toContain(apiKey.slice(-20));
  });
});

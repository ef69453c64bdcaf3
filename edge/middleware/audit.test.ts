import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../../shared/ids.ts';
import { mintApiKey } from '../../shared/api-key.ts';
import { retryDelaySeconds } from '../jobs/write-audit.ts';
import { createHarness, type Harness } from '../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const rowsOf = (requestId: string) => {
  const { auditLog } = harness.schema;
  return harness.db.select().from(auditLog).where(eq(auditLog.requestId, requestId));
};

/** One request, and its rows once the queue was emptied. */
async function recorded(...request: Parameters<Harness['call']>) {
  const answer = await harness.call(...request);
  await harness.drainAudit();
  return { answer, rows: await rowsOf(answer.meta.requestId) };
}

describe('a read', () => {
  test('leaves one row by the queue: who, what, how it went, from where', async () => {
    const { apiKey, keyId, workspaceId } = await harness.newWorkspace();
    const headers = { 'cf-connecting-ip': '203.0.113.7' };
    const { answer, rows } = await recorded('GET', '/v1/sessions?limit=1', {
      key: apiKey,
      headers,
    });
    expect(answer.status).toBe(200);
    expect(rows).toEqual([
      {
        id: answer.meta.requestId.replace('req_', 'aud_'),
        workspaceId,
        kind: 'request',
        action: 'listSessions',
        actorType: 'apiKey',
        actorId: keyId,
        target: null,
        method: 'GET',
        route: '/v1/sessions',
        status: 200,
        errorCode: null,
        requestId: answer.meta.requestId,
        address: '203.0.113.7',
        details: null,
        createdAt: expect.any(Date),
      },
    ]);
  });

  test('of a fixed word in the place of an id names its own operation', async () => {
    const { apiKey } = await harness.newWorkspace();
    const { rows } = await recorded('GET', '/v1/messages/bulk', { key: apiKey });
    expect(rows).toMatchObject([{ action: 'listBulks', route: '/v1/messages/bulk', status: 200 }]);
  });

  test('shows the route’s pattern, not the ids in its path', async () => {
    const { apiKey } = await harness.newWorkspace();
    const { rows } = await recorded('GET', '/v1/sessions/my-phone/status', { key: apiKey });
    expect(rows).toMatchObject([
      {
        action: 'getSessionStatus',
        route: '/v1/sessions/{id}/status',
        status: 404,
        errorCode: 'SESSION_NOT_FOUND',
      },
    ]);
  });

  test('by a person names the person', async () => {
    const { token, userId, workspaceId } = await harness.newUser();
    const { rows } = await recorded('GET', '/v1/sessions', { key: token });
    expect(rows).toMatchObject([
      { workspaceId, actorType: 'user', actorId: userId, action: 'listSessions', status: 200 },
    ]);
  });

  test('of HEAD is one of its route', async () => {
    const { apiKey } = await harness.newWorkspace();
    const response = await harness.request('HEAD', '/v1/sessions', { key: apiKey });
    await harness.drainAudit();
    const rows = await rowsOf(response.headers.get('x-request-id') ?? '');
    expect(rows).toMatchObject([{ action: 'listSessions', method: 'HEAD', status: 200 }]);
  });
});

describe('a refusal', () => {
  test.each([
    ['an address that is none', 'GET', '/v1/nothing/here', 404, 'unknown', 'NOT_FOUND'],
    ['a method that is none', 'PUT', '/v1/sessions', 405, 'unknown', 'METHOD_NOT_ALLOWED'],
    ['a bad body', 'POST', '/v1/keys', 422, 'createKey', 'VALIDATION_ERROR'],
  ] as const)('of %s', async (_name, method, path, status, action, errorCode) => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const { rows } = await recorded(method, path, {
      key: apiKey,
      ...(method === 'GET' ? {} : { body: {} }),
    });
    expect(rows).toMatchObject([{ workspaceId, method, status, action, errorCode }]);
    expect(rows[0]?.route).toBe(action === 'unknown' ? null : '/v1/keys');
  });

  test('of a missing scope', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { scopes: [] });
    const { rows } = await recorded('GET', '/v1/keys', { key: apiKey });
    expect(rows).toMatchObject([
      { workspaceId, actorId: keyId, action: 'listKeys', status: 403, errorCode: 'FORBIDDEN' },
    ]);
  });

  test('of a revoked key is told to the workspace that it was of', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey, keyId } = await harness.newKey(workspaceId, { revokedAt: new Date() });
    const { rows } = await recorded('GET', '/v1/keys', { key: apiKey });
    expect(rows).toMatchObject([{ workspaceId, actorId: keyId, status: 401 }]);
  });

  test.each([
    ['no credential', undefined],
    ['a garbled key', 'wp_live_eyJhbGciOiJIUzI1NiJ9.e30.AAAA'],
  ])('of %s belongs to nobody', async (_name, key) => {
    const { rows } = await recorded('GET', '/v1/keys', key === undefined ? {} : { key });
    expect(rows).toMatchObject([
      {
        workspaceId: null,
        kind: 'request',
        actorType: 'none',
        actorId: null,
        action: 'listKeys',
        status: 401,
        errorCode: 'UNAUTHORIZED',
      },
    ]);
  });

  test('of a key whose workspace is gone has no workspace', async () => {
    const claims = { keyId: newId('key'), workspaceId: newId('workspace'), mode: 'live' as const };
    const key = await mintApiKey(claims, harness.env.API_KEY_SIGNING_KEY);
    const { rows } = await recorded('GET', '/v1/keys', { key });
    expect(rows).toMatchObject([{ workspaceId: null, actorId: claims.keyId, status: 401 }]);
  });
});

describe('a call of /auth', () => {
  const signIn = (headers: Record<string, string> = {}) =>
    harness.request('POST', '/auth/sign-in/email', {
      headers,
      body: { email: 'nobody@example.com', password: 'a password of nobody' },
    });

  test('is recorded by its name, without what was typed', async () => {
    const response = await signIn();
    await harness.drainAudit();
    const rows = await rowsOf(response.headers.get('x-request-id') ?? '');
    expect(rows.filter(({ kind }) => kind === 'request')).toMatchObject([
      {
        action: 'signInEmail',
        route: '/auth/sign-in/email',
        workspaceId: null,
        actorType: 'none',
        status: response.status,
      },
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/a password of nobody|nobody@example/);
  });

  test('by a page of another origin is not: nothing counts it', async () => {
    await harness.drainAudit();
    const response = await signIn({ origin: 'https://evil.example', cookie: 'a=b' });
    expect(response.status).toBe(403);
    expect(await harness.drainAudit()).toEqual([]);
  });
});

describe('a flood', () => {
  test('of strangers fills no log: what the address limit refuses is left out', async () => {
    await harness.drainAudit();
    const headers = { 'cf-connecting-ip': '198.51.100.99' };
    // Counted in the isolate, to the request: beside a Redis that is slow now and then, both would count.
    const env = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    const ask = () => harness.call('GET', '/v1/keys', { headers, env });
    const answers = await Promise.all(Array.from({ length: 130 }, ask));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
    expect(await harness.drainAudit()).toHaveLength(100);
  });

  test('of one key fills no log either', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey } = await harness.newKey(workspaceId, { perMinute: 2 });
    await harness.drainAudit();
    const env = { UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:9' };
    for (let n = 0; n < 5; n += 1) await harness.call('GET', '/v1/keys', { key: apiKey, env });
    expect(await harness.drainAudit()).toHaveLength(2);
  });
});

describe('the queue', () => {
  const message = (id = newId('audit')) => ({
    id,
    at: new Date().toISOString(),
    workspaceId: null,
    actorType: 'none',
    actorId: null,
    action: 'listKeys',
    method: 'GET',
    route: '/v1/keys',
    status: 401,
    errorCode: 'UNAUTHORIZED',
    requestId: newId('request'),
    address: null,
  });
  const written = async (id: string): Promise<number> => {
    const { auditLog } = harness.schema;
    return harness.db.$count(auditLog, eq(auditLog.id, id));
  };

  test.each([
    ['rejects', () => Promise.reject(new Error('queue is gone'))],
    [
      'throws',
      () => {
        throw new Error('queue is gone');
      },
    ],
  ])('that %s fails no request, and is logged without the address', async (_how, send) => {
    const { apiKey } = await harness.newWorkspace();
    const log = vi.spyOn(console, 'log');
    onTestFinished(() => log.mockRestore());
    const env = { AUDIT_QUEUE: { send, sendBatch: send } };
    const headers = { 'cf-connecting-ip': '203.0.113.200' };
    const answer = await harness.call('GET', '/v1/sessions', { key: apiKey, env, headers });
    expect(answer.status).toBe(200);
    const lines = log.mock.calls.map(([line]) => String(line));
    const lost = lines.find((line) => line.includes('"audit_row_lost"')) ?? '{}';
    expect(JSON.parse(lost)).toMatchObject({
      event: 'audit_row_lost',
      requestId: answer.meta.requestId,
      action: 'listSessions',
      message: 'queue is gone',
    });
    expect(lost).not.toContain('203.0.113.200');
  });

  test('delivering twice makes one row, in one batch or two', async () => {
    const [once, twice] = [message(), message()];
    await harness.consumeAudit([once, twice, twice]);
    await harness.consumeAudit([twice]);
    expect([await written(once.id), await written(twice.id)]).toEqual([1, 1]);
  });

  test('with a message that is none loses that one only, and says so', async () => {
    const log = vi.spyOn(console, 'log');
    onTestFinished(() => log.mockRestore());
    const good = message();
    const bad = [null, 'text', {}, { ...message(), status: 'x' }, { ...message(), action: 'a\0b' }];
    const result = await harness.consumeAudit([...bad, good, { ...message(), extra: 'k3y' }]);
    expect(await written(good.id)).toBe(1);
    expect(result.retryBatch.retry).toBe(false);
    const line = log.mock.calls.map(([text]) => String(text)).find((text) => /dropped/.test(text));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ event: 'audit_messages_dropped', count: 6 });
    expect(line).not.toContain('k3y');
  });

  test('is asked for the batch again, later each time, when the database is gone', async () => {
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    const late = message();
    const failed = await harness.consumeAudit([late], env);
    expect(failed.retryBatch.retry).toBe(true);
    expect([1, 2, 3, 9, 10, 11].map(retryDelaySeconds)).toEqual([10, 20, 40, 2560, 3600, 3600]);
    await harness.consumeAudit([late]);
    expect(await written(late.id)).toBe(1);
  });
});

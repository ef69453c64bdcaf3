import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { readQrPng } from '../../testing/read-qr-png.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { done, liveSession } from '../../testing/live-session.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { messages } = harness.schema;
const TO = '+15550100001';
const CHAT = '15550100001@c.us';
const TEXT = '/api/v1/messages/text';

const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));

describe('a job', () => {
  test.each([{ to: TO }, { to: TO, sessionId: 'support' }, { to: TO, sessionId: ' SUPPORT ' }])(
    'with a text is queued, written %j',
    async (fields) => {
      const { apiKey, workspaceId, id } = await liveSession(harness, { name: 'support' });
      const headers = { 'x-api-key': apiKey };
      const answer = await call('POST', TEXT, { headers, body: { text: 'Hello', ...fields } });
      const [row] = await rowsOf(workspaceId);
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual({
        ok: true,
        data: {
          messageId: row?.id,
          status: 'queued',
          sessionId: id,
          to: CHAT,
          queuedAt: row?.createdAt.toISOString(),
        },
      });
    },
  );

  test.each<[string, Record<string, string | number>, string | null]>([
    ['document', { mediaUrl: '/plan.pdf', filename: 'Plan', caption: 'Look' }, null],
    ['document', { media_url: '/plan.pdf', fileName: 'Plan', caption: '' }, null],
    ['image', { mediaUrl: '/pixel.png', filename: 'a.png', priority: 5 }, 'priority, filename'],
  ])(
    'with a file is queued as %s: %j',
    async (type, { mediaUrl, media_url, ...fields }, ignored) => {
      const { apiKey: key, workspaceId } = await liveSession(harness);
      const url = (path: unknown) =>
        typeof path === 'string' ? `${harness.filesUrl}${path}` : undefined;
      const body = { to: TO, mediaUrl: url(mediaUrl), media_url: url(media_url), ...fields };
      const answer = await call('POST', '/api/v1/messages/media', { key, body });
      expect(answer).toMatchObject({ status: 202, body: { ok: true, data: { status: 'queued' } } });
      expect(answer.headers.get('waypost-ignored')).toBe(ignored);
      expect(await rowsOf(workspaceId)).toMatchObject([{ type }]);
    },
  );

  test.each(['disconnected', 'logged_out', 'qr', 'failed'] as const)(
    'is refused by a session that is %s: nothing can take it',
    async (status) => {
      const { workspaceId, apiKey: key } = await harness.newWorkspace();
      await harness.newSession({ workspaceId, status, isDefault: true });
      const answer = await call('POST', TEXT, { key, body: { to: TO, text: 'Hi' } });
      expect(answer).toMatchObject({
        status: 503,
        body: { ok: false, error: { code: 'UNAVAILABLE', details: { status } } },
      });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await rowsOf(workspaceId)).toEqual([]);
    },
  );
});

describe('a refusal', () => {
  const body = { to: TO, text: 'Hello' };
  test.each<[string, string, TestRequest, number, string]>([
    ['POST', TEXT, { body: { to: TO } }, 422, 'BAD_REQUEST'],
    ['POST', TEXT, { body }, 422, 'BAD_REQUEST'],
    ['POST', TEXT, { body: { ...body, session_id: 'other' } }, 422, 'BAD_REQUEST'],
    ['POST', TEXT, { body: { ...body, deviceId: 'other' } }, 422, 'BAD_REQUEST'],
    ['POST', TEXT, { body: { ...body, instanceName: 'other' } }, 422, 'BAD_REQUEST'],
    ['POST', TEXT, { body: { ...body, sessionId: 'nobody' } }, 404, 'SESSION_NOT_FOUND'],
    ['POST', '/api/v1/messages/fax', { body }, 404, 'NOT_FOUND'],
    ['GET', '/admin/panel', {}, 404, 'NOT_FOUND'],
    ['GET', `/api/v1/sessions/${newId('session')}/qr`, {}, 404, 'SESSION_NOT_FOUND'],
    ['GET', `/api/v1/${'x'.repeat(3_000)}`, {}, 414, 'URI_TOO_LONG'],
  ])('%s %s %# is %i %s', async (method, path, request, status, code) => {
    const { apiKey: key } = await harness.newWorkspace();
    const answer = await call(method, path, { key, ...request });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      ok: false,
      error: { code, message: expect.any(String), ...detailsOf(answer.body) },
    });
  });

  /** Facts that may stand beside the message. */
  const detailsOf = (answered: unknown) => {
    const { details } = Object(Object(answered).error);
    return details === undefined ? {} : { details };
  };

  test('for want of the database is in the same envelope', async () => {
    const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
    const { apiKey } = await harness.newWorkspace();
    expect(await call('GET', '/api/v1/sessions', { key: apiKey, env })).toMatchObject({
      status: 503,
      body: { ok: false, error: { code: 'UNAVAILABLE' } },
    });
  });
});

describe('sessions', () => {
  test('are listed and shown', async () => {
    const { apiKey: key, id, name } = await liveSession(harness);
    const list = await call('GET', '/api/v1/sessions', { key });
    const shown = {
      sessionId: id,
      name,
      status: 'online',
      phoneNumber: expect.toSatisfy((value) => value === null || typeof value === 'string'),
      lastActiveAt: expect.toSatisfy((value) => value === null || typeof value === 'string'),
    };
    expect(list).toMatchObject({ status: 200, body: { ok: true, data: [shown] } });
    expect(await call('GET', `/api/v1/sessions/${name}/status`, { key })).toMatchObject({
      status: 200,
      body: { ok: true, data: shown },
    });
  });

  test('show their QR code as a PNG', async () => {
    const { apiKey: key, id, runner } = await liveSession(harness, { status: 'qr' });
    const code = { qr: 'code-of-a-link', expiresAt: Date.now() + 20_000 };
    await runner.script({ qr: done(code) });
    const answer = await harness.request('GET', `/api/v1/sessions/${id}/qr`, { key });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await readQrPng(await answer.arrayBuffer())).toBe(code.qr);
  });

  test.each(['logout', 'reconnect'])('%s answers with the state', async (name) => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const { id } = await harness.newSession({ workspaceId, status: 'disconnected' });
    const answer = await call('POST', `/api/v1/sessions/${id}/${name}`, { key });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: true, data: { sessionId: id, status: expect.any(String) } });
  });
});

test('the document is where the queue has it', async () => {
  const [own, ours] = await Promise.all(
    ['/api/openapi', '/openapi/queue.json'].map(async (path) =>
      (await harness.request('GET', path)).json(),
    ),
  );
  expect(own).toEqual(ours);
  expect(JSON.stringify(own)).toContain('BAD_REQUEST');
});

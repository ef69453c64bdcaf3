import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { readQrPng } from '../../testing/read-qr-png.ts';

const harness = await createHarness();
const call = plainCall(harness);
const API = '/compat/waha/api';

const CONFIG = { metadata: {}, ignore: { status: true, channels: true }, webhooks: [] };
const shown = (name: string, status: string, config = {}) => ({
  name,
  status,
  config: { ...CONFIG, ...config },
  me: null,
  engine: { engine: 'WEBJS' },
});

describe('a session', () => {
  test('is created with its settings, changed, and deleted', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const metadata = { 'user.id': '123' };
    const made = await call('POST', `${API}/sessions`, {
      key,
      body: {
        name: 'default',
        mode: 'sandbox',
        config: { metadata, ignore: { status: false, groups: null }, debug: false },
      },
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const config = { metadata, ignore: { status: false, channels: true } };
    expect(made.body).toEqual(shown('default', 'STARTING', config));
    expect(made.headers.get('waypost-ignored')).toBe('config.debug, config.ignore.groups');
    const ours = await call('GET', '/v1/sessions/default', { key });
    expect(ours.body).toMatchObject({ data: { name: 'default', includeStatus: true } });

    const changed = await call('PUT', `${API}/sessions/default`, {
      key,
      body: {
        config: {
          metadata: { 'user.id': '456' },
          proxy: { server: '8.8.8.8:3128', username: 'somebody', password: 'a password' },
        },
      },
    });
    expect(changed.body).toMatchObject({ config: { metadata: { 'user.id': '456' } } });
    expect((await call('GET', '/v1/sessions/default', { key })).body).toMatchObject({
      data: { proxy: expect.stringContaining('http://'), includeStatus: true },
    });
    expect(await call('GET', `${API}/sessions/default`, { key })).toMatchObject({
      status: 200,
      body: changed.body,
    });
    expect(await call('DELETE', `${API}/sessions/default`, { key })).toMatchObject({ status: 200 });
    expect(await call('GET', `${API}/sessions/default`, { key })).toMatchObject({
      status: 404,
      body: { statusCode: 404, error: 'Not Found', code: 'SESSION_NOT_FOUND' },
    });
  });

  const url = 'https://hooks.example.com/waha';
  test.each([
    ['a webhook to a private address', { webhooks: [{ url: 'http://10.0.0.1/', events: ['*'] }] }],
    [
      'two webhooks to one URL',
      {
        webhooks: [
          { url, events: ['message'] },
          { url, events: ['message.ack'] },
        ],
      },
    ],
    ['a proxy at a private address', { proxy: { server: '10.0.0.1:3128' } }],
  ])('is not created with %s, and its name stays free', async (_what, config) => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { name: 'default', mode: 'sandbox', config };
    expect(await call('POST', `${API}/sessions`, { key, body })).toMatchObject({
      status: 422,
      body: {
        code: 'VALIDATION_ERROR',
        message: expect.stringMatching(/^body\.config\.(?:webhooks|proxy\.server)/),
      },
    });
    expect(await call('GET', `${API}/sessions/default`, { key })).toMatchObject({ status: 404 });
  });

  test('that is there is not created again', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const request = { key, body: { name: 'default', mode: 'sandbox' } };
    expect(await call('POST', `${API}/sessions`, request)).toMatchObject({ status: 201 });
    expect(await call('POST', `${API}/sessions`, request)).toMatchObject({
      status: 422,
      body: { statusCode: 422, code: 'CONFLICT' },
    });
  });

  test('is not started with `start: false`', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { name: 'later', mode: 'sandbox', start: false };
    const made = await call('POST', `${API}/sessions`, { key, body });
    expect(made).toMatchObject({ status: 201, body: { name: 'later' } });
    expect((await call('GET', '/v1/sessions/later/status', { key })).body).toMatchObject({
      data: { desired: 'stopped' },
    });
  });

  test('is listed unless it is stopped, or with `all`', async () => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const { owner } = harness.newRunner();
    await harness.newSession({ workspaceId, name: 'on', status: 'online', owner });
    await harness.newSession({ workspaceId, name: 'off', status: 'disconnected' });
    expect((await call('GET', `${API}/sessions`, { key })).body).toEqual([shown('on', 'WORKING')]);
    const all = await call('GET', `${API}/sessions?all=true`, { key });
    expect(all.body).toEqual([shown('off', 'STOPPED'), shown('on', 'WORKING')]);
  });

  test.each([
    ['start', 'running'],
    ['stop', 'stopped'],
    ['restart', 'running'],
    ['logout', 'stopped'],
  ])('takes %s, by a call of its own and with its name in the body', async (command, desired) => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    await harness.newSession({ workspaceId, status: 'disconnected', name: 'default' });
    const wanted = async () => {
      const { body } = await call('GET', '/v1/sessions/default/status', { key });
      expect(body).toMatchObject({ data: { desired } });
    };
    const answer = await call('POST', `${API}/sessions/default/${command}`, { key });
    expect(answer, JSON.stringify(answer.body)).toMatchObject({
      status: 201,
      body: { name: 'default', status: expect.any(String) },
    });
    await wanted();
    if (command === 'restart') return;
    const body = { name: 'default' };
    const former = await call('POST', `${API}/sessions/${command}`, { key, body });
    expect(former, JSON.stringify(former.body)).toMatchObject({ status: 201 });
    await wanted();
  });

  test('is created by the earlier call', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { mode: 'sandbox', config: { metadata: { a: 'b' } } };
    const answer = await call('POST', `${API}/sessions/start`, { key, body });
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'default', config: { metadata: { a: 'b' } } },
    });
  });
});

test('the account is shown once there is one', async () => {
  const { apiKey: key, id, name } = await liveSession(harness);
  expect((await call('GET', `${API}/sessions/${name}/me`, { key })).body).toBeNull();
  const { sessions } = harness.schema;
  await harness.db
    .update(sessions)
    .set({ phoneNumber: '15550100009', displayName: 'Support' })
    .where(eq(sessions.id, id));
  const me = { id: '15550100009@c.us', pushName: 'Support' };
  expect((await call('GET', `${API}/sessions/${name}/me`, { key })).body).toEqual(me);
  expect((await call('GET', `${API}/sessions/${name}`, { key })).body).toMatchObject({ me });
});

describe('a code', () => {
  test('comes as a picture, as base64 and as text', async () => {
    const { apiKey: key, name, runner } = await liveSession(harness, { status: 'qr' });
    await runner.script({ qr: done({ qr: 'code-of-a-link', expiresAt: Date.now() + 20_000 }) });
    const path = `${API}/${name}/auth/qr`;
    const picture = await harness.request('GET', path, { key });
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('cache-control')).toBe('no-store');
    expect(await readQrPng(await picture.arrayBuffer())).toBe('code-of-a-link');
    const headers = { accept: 'application/json' };
    const { body } = await call('GET', path, { key, headers });
    expect(body).toEqual({ mimetype: 'image/png', data: expect.stringMatching(/^iVBOR/) });
    expect(await call('GET', `${path}?format=raw`, { key })).toMatchObject({
      status: 200,
      body: { value: 'code-of-a-link' },
    });
  });

  test('to type has its dash', async () => {
    const { apiKey: key, name, runner } = await liveSession(harness, { status: 'qr' });
    const code = { code: 'ABCDEFGH', expiresAt: Date.now() + 60_000 };
    await runner.script({ pairingCode: done(code) });
    const body = { phoneNumber: '15550100001' };
    const answer = await call('POST', `${API}/${name}/auth/request-code`, { key, body });
    expect(answer).toMatchObject({ status: 201, body: { code: 'ABCD-EFGH' } });
  });

  test('is refused for a session that is not there', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const answer = await call('GET', `${API}/nobody/auth/qr`, { key });
    expect(answer).toMatchObject({ status: 404, body: { code: 'SESSION_NOT_FOUND' } });
  });
});

test('the page is shown as a picture and as base64', async () => {
  const { apiKey: key, name } = await liveSession(harness);
  for (const path of [`${API}/screenshot?session=${name}`, `${API}/screenshot`]) {
    const picture = await harness.request('GET', path, { key });
    expect(picture.headers.get('content-type')).toBe('image/png');
    const { body } = await call('GET', path, { key, headers: { accept: 'application/json' } });
    expect(body).toEqual({ mimetype: 'image/png', data: expect.any(String) });
  }
});

test('the server answers to a ping without a key, and says its version with one', async () => {
  expect(await call('GET', '/compat/waha/ping')).toMatchObject({
    status: 200,
    body: { message: 'pong' },
  });
  expect(await call('GET', '/compat/waha/health')).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
  const version = `${API}/server/version`;
  expect((await call('GET', version)).body).toMatchObject({
    statusCode: 401,
    error: 'Unauthorized',
  });
  const { apiKey } = await harness.newWorkspace();
  const headers = { 'x-api-key': apiKey };
  expect((await call('GET', version, { headers })).body).toMatchObject({ engine: 'WEBJS' });
});

test('a failure inside shows nothing of it', async () => {
  const env = { DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' };
  const { apiKey: key } = await harness.newWorkspace();
  const answer = await call('GET', `${API}/sessions`, { key, env });
  expect(answer).toMatchObject({
    status: 503,
    body: { statusCode: 503, code: 'UNAVAILABLE', exception: { name: 'UNAVAILABLE' } },
  });
});

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LIVE_OPERATIONS } from '../../../shared/catalogue/live-operations.ts';
import { createHarness, type TestRequest } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

const harness = await createHarness();
const call = plainCall(harness);
const { messages, webhookEndpoints } = harness.schema;
const TO = '+15550100001';
const CHAT = '15550100001@c.us';

const meta = (instanceName?: string) => ({
  timestamp: expect.any(String),
  request_id: expect.stringMatching(/^req_/),
  ...(instanceName !== undefined && { instanceName }),
});
const success = (data: unknown, instanceName?: string) => ({
  success: true,
  data,
  meta: meta(instanceName),
});
const rowsOf = (workspaceId: string) =>
  harness.db.select().from(messages).where(eq(messages.workspaceId, workspaceId));

describe('a message', () => {
  const file = (path: string) => `${harness.filesUrl}${path}`;
  test.each<[string, string, () => Record<string, unknown>]>([
    ['text', 'text', () => ({ text: 'Hello' })],
    ['image', 'image', () => ({ mediaUrl: file('/pixel.png'), caption: '' })],
    ['document', 'document', () => ({ media_url: file('/plan.pdf'), fileName: 'Plan' })],
    ['document', 'document', () => ({ mediaUrl: file('/download'), filename: 'Plan' })],
    ['audio', 'audio', () => ({ mediaUrl: file('/song.mp3') })],
    ['location', 'location', () => ({ latitude: 1.5, longitude: 2.5, name: 'Here' })],
  ])('%s is queued', async (type, path, said) => {
    const { apiKey: key, workspaceId, name } = await liveSession(harness);
    const answer = await call('POST', `/api/messages/${path}`, {
      key,
      body: { to: 15550100001, ...said() },
    });
    const [row] = await rowsOf(workspaceId);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual(
      success(
        {
          messageId: row?.id,
          status: 'queued',
          to: CHAT,
          timestamp: row?.createdAt.toISOString(),
        },
        name,
      ),
    );
    expect(row).toMatchObject({ type });
  });

  test('goes from the instance of its key, or from the one that it names', async () => {
    const { workspaceId, apiKey, name } = await liveSession(harness, { name: 'support' });
    const { apiKey: pinned } = await harness.newKey(workspaceId, {
      sessionId: (await harness.newSession({ workspaceId, status: 'online' })).id,
    });
    const body = { to: TO, text: 'Hi' };
    expect(
      await call('POST', '/api/messages/text', {
        key: apiKey,
        body: { ...body, instanceName: ' SUPPORT ' },
      }),
    ).toMatchObject({ status: 202, body: { meta: { instanceName: name } } });
    const refused = await call('POST', '/api/messages/text', {
      key: pinned,
      body: { ...body, instanceName: 'support' },
    });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
  });
});

describe('an instance', () => {
  test('is created, listed and shown, in capitals', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const body = { name: 'desk', mode: 'sandbox', webhook: 'x' };
    const made = await call('POST', '/api/instances', { key, body });
    const shown = {
      id: expect.stringMatching(/^ses_/),
      instanceName: 'desk',
      status: 'CONNECTING',
      phoneNumber: null,
      lastActive: null,
    };
    expect(made).toMatchObject({ status: 201, body: success(shown, 'desk') });
    expect(made.headers.get('waypost-ignored')).toBe('webhook');
    expect((await call('GET', '/api/instances', { key })).body).toEqual(success([shown]));
    for (const path of ['/api/instances/DESK/status', '/api/instance/info'])
      expect((await call('GET', path, { key })).body).toEqual(success(shown, 'desk'));
  });

  test('shows its code', async () => {
    const { apiKey: key, name, runner } = await liveSession(harness, { status: 'qr' });
    await runner.script({ qr: done({ qr: 'code', expiresAt: Date.now() + 20_000 }) });
    const code = {
      qrCode: expect.stringMatching(/^data:image\/png;base64,/),
      qrCodeExpiry: expect.any(String),
    };
    const { body } = await call('GET', `/api/instances/${name}/qr`, { key });
    expect(body).toEqual(success(code, name));
  });

  test('has keys, which are of it alone', async () => {
    const { workspaceId, apiKey: key, name, id } = await liveSession(harness);
    await harness.newSession({ workspaceId, name: 'other' });
    const made = await call('POST', `/api/instances/${name}/keys`, { key });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const { data } = z
      .object({
        data: z.strictObject({
          id: z.string(),
          name: z.string(),
          key: z.string(),
          scopes: z.array(z.string()),
        }),
      })
      .parse(made.body);
    const info = await call('GET', '/api/instance/info', { key: data.key });
    expect(info.body).toMatchObject({ data: { id, instanceName: name } });
    const other = await call('GET', '/api/instances/other/status', { key: data.key });
    expect(other).toMatchObject({ status: 403, body: { success: false } });
  });

  test.each([['support'], [null]])('has a webhook of %s', async (named) => {
    const { workspaceId, apiKey: key, id } = await liveSession(harness, { name: 'support' });
    const url = `${harness.filesUrl}/hook`;
    const path = named === null ? '/api/webhook' : `/api/instances/${named}/webhook`;
    const set = () => call('POST', path, { key, body: { url } });
    expect((await set()).status).toBe(200);
    const { body } = await set();
    const rows = await harness.db
      .select()
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.workspaceId, workspaceId));
    expect(rows).toMatchObject([{ url, sessionIds: named === null ? null : [id] }]);
    expect(body).toEqual(success({ webhookId: rows[0]?.id, url }, named ?? undefined));
  });

  test.each([['by its name in other letters'], ['by its id']])(
    'is called as it is %s',
    async (how) => {
      const name = 'Support';
      const { workspaceId, apiKey: key, id } = await liveSession(harness, { name });
      const path = `/api/instances/${how.endsWith('id') ? id : 'SUPPORT'}`;
      const made = await call('POST', `${path}/keys`, { key });
      expect(made).toMatchObject({
        status: 201,
        body: { data: { name }, meta: { instanceName: name } },
      });
      const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: id });
      const body = { url: `${harness.filesUrl}/hook` };
      for (const [at, by] of [
        [`${path}/webhook`, key],
        ['/api/webhook', pinned],
      ] as const)
        expect(await call('POST', at, { key: by, body })).toMatchObject({
          status: 200,
          body: { meta: { instanceName: name } },
        });
    },
  );

  test('restarts', async () => {
    const { apiKey: key, name, runner } = await liveSession(harness);
    await runner.script({ restart: done({}) });
    const answer = await call('POST', `/api/instances/${name}/restart`, { key });
    expect(answer).toMatchObject({ status: 200, body: { data: { instanceName: name } } });
  });
});

test('contacts are checked', async () => {
  const { apiKey: key, name } = await liveSession(harness);
  const body = { numbers: [TO, 15550100002] };
  const answer = await call('POST', '/api/contacts/check', { key, body });
  const { results } = LIVE_OPERATIONS.checkContacts.example.output;
  expect(answer.body).toEqual(success(results, name));
});

test.each(['/api/subscription/usage', '/api/stats'])('%s gives what ours does', async (path) => {
  const { apiKey: key } = await harness.newWorkspace();
  const ours = path === '/api/stats' ? '/v1/stats' : '/v1/usage';
  const { data } = await harness.call('GET', ours, { key });
  expect((await call('GET', path, { key })).body).toEqual(success(data));
});

describe('people', () => {
  test('are known by their token', async () => {
    const { token, email, userId } = await harness.newUser();
    const headers = { authorization: `BEARER  jwt_${token}` };
    const { status, body } = await call('GET', '/api/auth/me', { headers });
    expect(status).toBe(200);
    expect(body).toMatchObject(success(expect.objectContaining({ id: userId, email })));
  });

  test('are added by administrators alone', async () => {
    const admin = await harness.newUser({ isAdmin: true });
    const body = { email: `new-${admin.email}`, name: 'New', password: 'secret' };
    const made = await call('POST', '/api/users', { key: admin.token, body });
    expect(made).toMatchObject({ status: 201, body: { data: { email: body.email, name: 'New' } } });
    expect(made.headers.get('waypost-ignored')).toBe('password');
    const { token: key } = await harness.newUser();
    expect((await call('POST', '/api/users', { key, body })).status).toBe(403);
  });
});

const body = { to: TO, text: 'Hello' };
const TEXT = '/api/messages/text';
test.each<[string, string, TestRequest, number, string]>([
  ['POST', TEXT, { body: { to: TO } }, 422, 'VALIDATION_ERROR'],
  ['POST', TEXT, { body }, 422, 'VALIDATION_ERROR'],
  ['POST', TEXT, { body: { ...body, instancename: 'a' } }, 422, 'VALIDATION_ERROR'],
  ['POST', TEXT, { body: { ...body, sessionId: 'a' } }, 422, 'VALIDATION_ERROR'],
  ['POST', TEXT, { body: { ...body, instanceId: 'a' } }, 422, 'VALIDATION_ERROR'],
  ['POST', TEXT, { body: { ...body, instanceName: 'nobody' } }, 404, 'SESSION_NOT_FOUND'],
  ['GET', '/api/instances/nobody/qr', {}, 404, 'SESSION_NOT_FOUND'],
  ['GET', '/api/instances/a/b/c', {}, 404, 'NOT_FOUND'],
  [
    'POST',
    '/api/auth/login',
    { body: { email: 'a@example.com', password: 'x' } },
    401,
    'UNAUTHORIZED',
  ],
])('%s %s %# is %i %s', async (method, path, request, status, code) => {
  const { apiKey: key } = await harness.newWorkspace();
  const answer = await call(method, path, { key, ...request });
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({
    success: false,
    error: expect.objectContaining({ code, message: expect.any(String) }),
    meta: meta(),
  });
});

test('a login names what it ignored', async () => {
  const body = { email: 'a@example.com', password: 'x', remember: true };
  const { headers } = await call('POST', '/api/auth/login', { body });
  expect(headers.get('waypost-ignored')).toBe('remember');
});

test('a missing credential is named as the instances name it', async () => {
  expect((await call('GET', '/api/instances')).body).toEqual({
    success: false,
    error: { code: 'UNAUTHORIZED', message: 'Authorization required. Format: Bearer <token>' },
    meta: meta(),
  });
});

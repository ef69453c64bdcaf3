import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness } from '../../testing/harness.ts';
import { done, liveSession } from '../../testing/live-session.ts';
import { plainCall } from '../../testing/plain-call.ts';

/* Evolution's calls about instances. */
const harness = await createHarness();
const call = plainCall(harness);
const { sessions } = harness.schema;
const BASE = '/compat/evolution';

describe('an instance', () => {
  test('is created with a token that reaches it alone, found, and deleted', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    await harness.newSession({ workspaceId, name: 'other' });
    const body = { instanceName: 'desk', mode: 'sandbox', token: 'mine', rejectCall: true };
    const made = await call('POST', `${BASE}/instance/create`, { key, body });
    expect(made).toMatchObject({
      status: 201,
      body: {
        instance: { instanceName: 'desk', status: 'connecting' },
        settings: { rejectCall: true, groupsIgnore: false },
        qrcode: { code: null, count: 0 },
      },
    });
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.headers.get('waypost-ignored')).toBe('token');
    const { hash } = z.looseObject({ hash: z.string() }).parse(made.body);
    const headers = { apikey: hash };
    const found = await call('GET', `${BASE}/instance/fetchInstances`, { headers });
    expect(found.body).toMatchObject([{ name: 'desk', connectionStatus: 'connecting' }]);
    const other = await call('GET', `${BASE}/instance/connectionState/other`, { headers });
    expect(other).toMatchObject({ status: 403, body: { status: 403, error: 'Forbidden' } });
    const named = await call('GET', `${BASE}/instance/fetchInstances?instanceName=desk`, { key });
    expect(named.body).toEqual(found.body);
    expect(await call('DELETE', `${BASE}/instance/delete/desk`, { key })).toMatchObject({
      status: 200,
      body: { status: 'SUCCESS', error: false },
    });
    const gone = await call('GET', `${BASE}/instance/connectionState/desk`, { key });
    expect(gone).toMatchObject({ status: 404, body: { error: 'Not Found' } });
  });

  test('is made once its number is one, and has its token also where there is no code', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const create = (number: string) =>
      call('POST', `${BASE}/instance/create`, {
        key,
        body: { instanceName: 'desk', mode: 'sandbox', qrcode: true, number },
      });
    expect(await create('my phone')).toMatchObject({ status: 400 });
    expect(await create('15550100001')).toMatchObject({
      status: 201,
      body: { hash: expect.any(String), qrcode: { pairingCode: null, count: 0 } },
    });
  });

  test('has no token where its maker may make no keys', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const { apiKey: key } = await harness.newKey(workspaceId, { scopes: ['sessions:write'] });
    const body = { instanceName: 'desk', mode: 'sandbox' };
    const made = await call('POST', `${BASE}/instance/create`, { key, body });
    expect(made).toMatchObject({ status: 201, body: { hash: null } });
  });

  test('shows its code, the one to type, and its state once it is linked', async () => {
    const { apiKey: key, name, id, runner } = await liveSession(harness, { status: 'qr' });
    const expiresAt = Date.now() + 20_000;
    await runner.script({
      qr: done({ qr: 'code', expiresAt }),
      pairingCode: done({ code: 'ABCDEFGH', expiresAt }),
    });
    const path = `${BASE}/instance/connect/${name}`;
    expect((await call('GET', path, { key })).body).toEqual({
      pairingCode: null,
      code: 'code',
      base64: expect.stringMatching(/^data:image\/png;base64,/),
      count: 1,
    });
    expect((await call('GET', `${path}?number=15550100001`, { key })).body).toMatchObject({
      pairingCode: 'ABCDEFGH',
      count: 1,
    });
    await harness.db.update(sessions).set({ status: 'online' }).where(eq(sessions.id, id));
    const state = { instance: { instanceName: name, state: 'open' } };
    expect((await call('GET', path, { key })).body).toEqual(state);
    const asked = await call('GET', `${BASE}/instance/connectionState/${name}`, { key });
    expect(asked.body).toEqual(state);
  });

  test('restarts, and has settings', async () => {
    const { apiKey: key, name, runner } = await liveSession(harness);
    await runner.script({ restart: done({}) });
    const answer = await call('POST', `${BASE}/instance/restart/${name}`, { key });
    expect(answer).toMatchObject({ status: 200, body: { instance: { instanceName: name } } });
    const body = { rejectCall: true, msgCall: 'No calls', groupsIgnore: true };
    const set = await call('POST', `${BASE}/settings/set/${name}`, { key, body });
    const shown = { rejectCall: true, msgCall: 'No calls', groupsIgnore: false };
    expect(set).toMatchObject({
      status: 201,
      body: { settings: { instanceName: name, settings: shown } },
    });
    expect(set.headers.get('waypost-ignored')).toBe('groupsIgnore');
    const found = await call('GET', `${BASE}/settings/find/${name}`, { key });
    expect(found.body).toMatchObject(shown);
  });

  test('is asked for with a key', async () => {
    expect(await call('GET', `${BASE}/instance/fetchInstances`)).toMatchObject({
      status: 401,
      body: { status: 401, error: 'Unauthorized', response: { message: 'Unauthorized' } },
    });
  });
});

test('an instance has a proxy, whose login is masked', async () => {
  const { apiKey: key } = await harness.newWorkspace();
  const login = { proxyUsername: 'customer', proxyPassword: 'hunter2' };
  const proxy = { proxyHost: '8.8.8.8', proxyPort: '3128', proxyProtocol: 'http', ...login };
  const body = { instanceName: 'desk', mode: 'sandbox', ...proxy };
  expect(await call('POST', `${BASE}/instance/create`, { key, body })).toMatchObject({
    status: 201,
  });
  const shown = { enabled: true, host: '8.8.8.8', port: '3128', protocol: 'http' };
  expect((await call('GET', `${BASE}/proxy/find/desk`, { key })).body).toEqual({
    ...shown,
    username: 'cu***',
    password: '***',
  });
  const bad = { enabled: true, host: '10.0.0.1', port: 3_128, protocol: 'http' };
  expect(await call('POST', `${BASE}/proxy/set/desk`, { key, body: bad })).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'host' }] } },
  });
  const inVain = { instanceName: 'other', mode: 'sandbox', ...proxy, proxyHost: '10.0.0.1' };
  expect(await call('POST', `${BASE}/instance/create`, { key, body: inVain })).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'proxyHost' }] } },
  });
  const off = await call('POST', `${BASE}/proxy/set/desk`, { key, body: { enabled: false } });
  expect(off).toMatchObject({ status: 201, body: { enabled: false, host: null } });
});

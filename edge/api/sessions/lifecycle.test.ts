import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>, workspace?: { maxSessions?: number }) =>
  ownedSession(harness, change, workspace);

describe('changing', () => {
  test('name, pacing, region, traffic and default, and nothing that was not given', async () => {
    const { call, id, runner } = await setUp();
    const changes = {
      name: 'sales desk',
      region: 'fra',
      pacing: { minIntervalMs: 3000, jitterMs: 0 },
      isDefault: true,
      includeStatus: true,
    };
    expect(await call('PATCH', `/${id}`, changes)).toMatchObject({ status: 200, data: changes });
    expect(await call('PATCH', '/sales desk', { includeChannels: true })).toMatchObject({
      data: { ...changes, includeChannels: true },
    });
    expect((await runner.calls()).map(({ name }) => name)).toContain('wake');
    expect(await call('PATCH', `/${id}`, { isDefault: false, region: null })).toMatchObject({
      data: { isDefault: false, region: null },
    });
  });

  test('refuses a taken name, an empty one, and what it does not know', async () => {
    const { call, id, workspaceId } = await setUp();
    const other = await harness.newSession({ workspaceId });
    expect(await call('PATCH', `/${id}`, { name: other.name })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
    for (const wrong of [
      { name: '' },
      { color: 'red' },
      { pacing: { minIntervalMs: -1, jitterMs: 0 } },
    ])
      expect(await call('PATCH', `/${id}`, wrong)).toMatchObject({ status: 422 });
  });

  test('the default is for those who may change the workspace', async () => {
    const { id, workspaceId } = await setUp();
    const owner = await harness.newUser({ workspaceId });
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    const pinned = await harness.newKey(workspaceId, { sessionId: id });
    const testing = await harness.newKey(workspaceId, { mode: 'test' });
    const patch = (key: string, body: unknown) =>
      harness.call('PATCH', `/v1/sessions/${id}`, { key, body });
    for (const key of [member.token, pinned.apiKey, testing.apiKey]) {
      expect(await patch(key, { isDefault: true })).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN' },
      });
      expect(await patch(key, { includeStatus: true })).toMatchObject({
        status: 200,
        data: { isDefault: false },
      });
    }
    expect(await patch(owner.token, { isDefault: true })).toMatchObject({
      data: { isDefault: true },
    });
  });

  test('not being the default leaves another default alone', async () => {
    const { call, id, workspaceId } = await setUp();
    const other = await harness.newSession({ workspaceId, isDefault: true });
    await call('PATCH', `/${id}`, { isDefault: false });
    expect(await call('GET', `/${other.id}`)).toMatchObject({ data: { isDefault: true } });
  });
});

describe('a proxy', () => {
  const PROXY = { url: 'http://203.0.113.7:3128', username: 'customer', password: 'hunter2' };

  test('is sealed, shown masked, and makes the owner take the session anew', async () => {
    const { call, id, lease } = await setUp();
    const answer = await call('PATCH', `/${id}`, { proxy: PROXY });
    expect(answer).toMatchObject({ status: 422 });
    const open = { ...PROXY, url: 'http://8.8.8.8:3128' };
    const taken = await call('PATCH', `/${id}`, { proxy: open });
    expect(taken).toMatchObject({ status: 200, data: { proxy: 'http://cu***:***@8.8.8.8:3128' } });
    expect(JSON.stringify(taken)).not.toContain('hunter2');
    const [row] = await harness.db
      .select()
      .from(harness.schema.sessions)
      .where(eq(harness.schema.sessions.id, id));
    expect(row?.proxySealed).toMatch(/^v1:[A-Za-z0-9+/=]+$/);
    expect(row?.proxySealed).not.toContain('hunter2');
    expect(await lease()).toMatchObject({ bootId: null, desired: 'running' });
    expect(await call('PATCH', `/${id}`, { proxy: null })).toMatchObject({ data: { proxy: null } });
  });

  test.each([
    ['http://192.168.0.1:8080', /not public/],
    ['http://10.0.0.1:8080', /not public/],
    ['http://169.254.169.254:80', /not public/],
    ['http://[::1]:8080', /not public/],
    ['http://proxy:8080', /full domain name/],
    ['http://user:pw@8.8.8.8:8080', /own fields/],
    ['ftp://8.8.8.8:21', /./],
    ['http://8.8.8.8:8080/path', /no path/],
  ])('%s is refused', async (url, reason) => {
    const { call, id } = await setUp();
    const answer = await call('PATCH', `/${id}`, { proxy: { url } });
    expect(answer).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
    expect(JSON.stringify(answer.error)).toMatch(reason);
    const created = await call('POST', '', { name: 'with a proxy', proxy: { url } });
    expect(created).toMatchObject({ status: 422 });
  });
});

describe('restart and reconnect', () => {
  test('are the owner’s to do', async () => {
    const { post, commands, audited } = await setUp();
    expect(await post('restart')).toMatchObject({ status: 200, data: { status: 'online' } });
    expect(await post('reconnect', {})).toMatchObject({ status: 200 });
    expect(await commands()).toMatchObject([
      { name: 'restart', body: {} },
      { name: 'reconnect', body: {} },
    ]);
    expect(await audited()).toEqual(['reconnectSession', 'restartSession']);
  });

  test.each(['restart', 'reconnect'])('%s starts a session that rests', async (verb) => {
    const { post, lease, commands, set } = await setUp();
    await post('stop');
    await set({ status: 'disconnected' });
    expect(await post(verb, verb === 'reconnect' ? {} : undefined)).toMatchObject({ status: 200 });
    expect(await lease()).toMatchObject({ desired: 'running' });
    expect(await commands()).toEqual([]);
  });

  const notHere = { code: 'SESSION_NOT_FOUND', message: 'not here' };
  const ofAnotherEpoch = { code: 'CONFLICT', message: 'another epoch', details: { epoch: 9 } };

  test.each([
    { verb: 'restart', status: 404, error: notHere },
    { verb: 'restart', status: 409, error: ofAnotherEpoch },
    { verb: 'reconnect', status: 404, error: notHere },
  ])('$verb starts one that its runner has just let go ($status)', async (given) => {
    const { post, set, runner, lease, commands } = await setUp();
    await set({ status: 'disconnected' });
    await runner.script({
      [given.verb]: { status: given.status, body: { ok: false, error: given.error } },
    });
    expect(await post(given.verb, given.verb === 'reconnect' ? {} : undefined)).toMatchObject({
      status: 200,
    });
    expect(await commands()).toHaveLength(1);
    expect(await lease()).toMatchObject({ desired: 'running' });
  });

  test('with acceptNumber, the new number is the session’s', async () => {
    const { post, call, id, set, commands } = await setUp();
    await set({
      status: 'action_required',
      action: 'number_changed',
      phoneNumber: '15550100001',
      newPhoneNumber: '15550100002',
    });
    expect(await call('GET', `/${id}/status`)).toMatchObject({
      data: {
        action: { action: 'number_changed', advice: expect.stringContaining('acceptNumber') },
        phoneNumber: '15550100001',
        newPhoneNumber: '15550100002',
      },
    });
    const accepted = await post('reconnect', { acceptNumber: true });
    expect(accepted).toMatchObject({ data: { phoneNumber: '15550100002' } });
    expect(accepted.meta).toMatchObject({ failedMessages: 0 });
    expect(await commands()).toMatchObject([{ body: { acceptedNumber: '15550100002' } }]);
  });
});

describe('accepting another number', () => {
  test('fails what waits under the number before, and says so', async () => {
    const { post, call, id, set, key } = await setUp();
    await set({ phoneNumber: '15550100001' });
    const send = async (more: object) => {
      const body = { sessionId: id, to: '+15550100009', text: 'for whom', ...more };
      const sent = await harness.call('POST', '/v1/messages/text', { key, body });
      expect(sent.status, JSON.stringify(sent)).toBe(202);
      return z.object({ id: z.string() }).parse(sent.data).id;
    };
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const former = [await send({}), await send({ sendAt: inAnHour })];
    await set({
      status: 'action_required',
      action: 'number_changed',
      newPhoneNumber: '15550100002',
    });
    const accepted = await post('reconnect', { acceptNumber: true });
    expect(accepted.meta).toMatchObject({ failedMessages: 2 });
    await set({ status: 'online', action: null });
    const next = await send({ sendAt: inAnHour });
    const again = await post('reconnect', { acceptNumber: true });
    expect(again.meta).toMatchObject({ failedMessages: 0 });
    for (const messageId of former)
      expect(await harness.call('GET', `/v1/messages/${messageId}`, { key })).toMatchObject({
        data: { status: 'failed', error: { code: 'NUMBER_CHANGED' } },
      });
    expect(await harness.call('GET', `/v1/messages/${next}`, { key })).toMatchObject({
      data: { status: 'queued' },
    });
    const told = await harness.call('GET', '/v1/events?types=message.failed', { key });
    expect(told.data).toMatchObject(
      former.map(() => ({ data: { status: 'failed', error: { code: 'NUMBER_CHANGED' } } })),
    );
    expect((await call('GET', `/${id}`)).data).toMatchObject({ phoneNumber: '15550100002' });
  });

  test('is done, recorded and counted also when the runner is out of reach', async () => {
    const owner = { runnerId: 'runner-away', bootId: 'boot-away', url: 'http://127.0.0.1:9' };
    const { post, call, id, set, key, audited } = await setUp({ owner });
    await set({ phoneNumber: '15550100001' });
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const body = { sessionId: id, to: '+15550100009', text: 'for whom', sendAt };
    expect(await harness.call('POST', '/v1/messages/text', { key, body })).toMatchObject({
      status: 202,
    });
    await set({
      status: 'action_required',
      action: 'number_changed',
      newPhoneNumber: '15550100002',
    });
    expect(await post('reconnect', { acceptNumber: true })).toMatchObject({
      status: 503,
      error: { code: 'UNAVAILABLE', details: { reason: 'unreachable', failedMessages: 1 } },
    });
    expect((await call('GET', `/${id}`)).data).toMatchObject({ phoneNumber: '15550100002' });
    expect(await audited()).toContain('reconnectSession');
  });
});

describe('logging out', () => {
  test('is told by the owner, and the row stays', async () => {
    const { post, set, id, commands, audited } = await setUp();
    const waiting = post('logout');
    await vi.waitFor(async () => expect(await commands()).toMatchObject([{ name: 'logout' }]));
    await set({ status: 'logged_out' });
    expect(await waiting).toMatchObject({
      status: 200,
      data: { id, status: 'logged_out', unlinked: true },
    });
    expect(await audited()).toEqual(['logoutSession']);
  });

  test('of a session that does not run makes what is left of its profile useless', async () => {
    const { post, lease, set, told, commands, runner } = await setUp();
    await post('stop');
    await set({ status: 'disconnected' });
    await harness.db
      .delete(harness.schema.runners)
      .where(eq(harness.schema.runners.id, runner.owner.runnerId));
    expect(await post('logout')).toMatchObject({
      status: 200,
      data: { status: 'logged_out', unlinked: false },
    });
    expect(await commands()).toEqual([]);
    expect(await lease()).toMatchObject({
      epoch: 2,
      startedEpoch: 2,
      startedBootId: 'logged_out',
      desired: 'stopped',
    });
    expect(await told()).toMatchObject([{ status: 'logged_out', from: 'disconnected' }]);
    expect(await post('start')).toMatchObject({ data: { status: 'created' } });
  });
});

describe('the pairing code', () => {
  test('comes from the owner', async () => {
    const { post, commands } = await setUp({ status: 'qr' });
    expect(await post('pairing-code?wait=3', { phone: '+15550100001' })).toMatchObject({
      status: 200,
      data: { code: 'ABCD1234', phone: '15550100001', expiresAt: '2026-11-21T10:03:00.000Z' },
    });
    expect(await commands()).toMatchObject([
      { name: 'pairingCode', body: { phone: '15550100001', waitMs: expect.any(Number) } },
    ]);
  });

  test.each(['', '12', 'abc', '+0123456789', '15550100001; drop'])(
    'of the phone "%s" is refused',
    async (phone) => {
      const { post, commands } = await setUp({ status: 'qr' });
      expect(await post('pairing-code', { phone })).toMatchObject({
        status: 422,
        error: { code: 'VALIDATION_ERROR' },
      });
      expect(await commands()).toEqual([]);
    },
  );

  test('is not there for a linked session, nor for one that is stopped', async () => {
    const { post } = await setUp({ status: 'online' });
    expect(await post('pairing-code', { phone: '15550100001' })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
    const { workspaceId, call } = await setUp();
    const { id } = await harness.newSession({ workspaceId, status: 'disconnected' });
    await call('POST', `/${id}/stop`);
    expect(
      await call('POST', `/${id}/pairing-code?wait=0`, { phone: '15550100001' }),
    ).toMatchObject({ status: 409, error: { code: 'SESSION_NOT_READY' } });
  });
});

describe('a stopped session', () => {
  test.each([
    ['GET', '/qr', undefined],
    ['GET', '/screenshot', undefined],
    ['POST', '/pairing-code', { phone: '+15550100001' }],
    ['GET', '/sandbox', undefined],
    ['POST', '/sandbox/scan', {}],
    ['POST', '/sandbox/unlink', undefined],
    ['POST', '/sandbox/network', { online: true }],
    ['POST', '/sandbox/acks', { delaysMs: [1, 2, 3] }],
    ['POST', '/sandbox/messages', { from: '+15550100002', text: 'Hi' }],
  ])('%s %s says at once how to start it', async (method, path, body) => {
    const { call, id, post, commands } = await setUp();
    await post('stop');
    expect(await call(method, `/${id}${path}`, body)).toMatchObject({
      status: 409,
      error: {
        code: 'SESSION_NOT_READY',
        message: expect.stringContaining('POST /v1/sessions/:id/start'),
      },
    });
    expect(await commands()).toEqual([]);
  });
});

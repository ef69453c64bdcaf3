import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createHarness, type Harness, idOf, type NewSession } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const okay = (result: unknown) => ({ body: { ok: true, result } });

async function setUp(change: Partial<NewSession> = {}, workspace: { maxSessions?: number } = {}) {
  const { workspaceId, apiKey, ctx } = await harness.newWorkspace(workspace);
  const runner = harness.newRunner();
  await runner.script({
    restart: okay({}),
    reconnect: okay({}),
    logout: okay({ told: true }),
    pairingCode: okay({ code: 'ABCD1234', expiresAt: Date.UTC(2026, 10, 21, 10, 3) }),
  });
  const { id, name } = await harness.newSession({ workspaceId, owner: runner.owner, ...change });
  const { sessions, sessionLeases, events } = harness.schema;
  const call = (method: string, path: string, body?: unknown) =>
    harness.call(method, `/v1/sessions${path}`, {
      key: apiKey,
      ...(body === undefined ? {} : { body }),
    });
  return {
    workspaceId,
    ctx,
    runner,
    id,
    name,
    call,
    post: (verb: string, body?: unknown) => call('POST', `/${id}/${verb}`, body),
    set: (values: Partial<typeof sessions.$inferInsert>) =>
      harness.db.update(sessions).set(values).where(eq(sessions.id, id)),
    lease: async () => {
      const rows = harness.db.select().from(sessionLeases).where(eq(sessionLeases.sessionId, id));
      return (await rows)[0];
    },
    told: async () =>
      (await harness.db.select().from(events).where(eq(events.sessionId, id))).map(
        ({ data }) => data,
      ),
    commands: async () => (await runner.calls()).filter(({ name: called }) => called !== 'wake'),
    send: () =>
      harness.call('POST', '/v1/messages/text', {
        key: apiKey,
        body: { sessionId: id, to: '15550100001', text: 'hello' },
      }),
  };
}

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
    const { post, commands } = await setUp();
    expect(await post('restart')).toMatchObject({ status: 200, data: { status: 'online' } });
    expect(await post('reconnect', {})).toMatchObject({ status: 200 });
    expect(await commands()).toMatchObject([
      { name: 'restart', body: {} },
      { name: 'reconnect', body: { acceptNumber: false } },
    ]);
  });

  test.each(['restart', 'reconnect'])('%s starts a session that rests', async (verb) => {
    const { post, lease, commands, set } = await setUp();
    await post('stop');
    await set({ status: 'disconnected' });
    expect(await post(verb, verb === 'reconnect' ? {} : undefined)).toMatchObject({ status: 200 });
    expect(await lease()).toMatchObject({ desired: 'running' });
    expect(await commands()).toEqual([]);
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
    expect(await post('reconnect', { acceptNumber: true })).toMatchObject({
      data: { phoneNumber: '15550100002' },
    });
    expect(await commands()).toMatchObject([{ body: { acceptNumber: true } }]);
  });
});

describe('logging out', () => {
  test('is told by the owner, and the row stays', async () => {
    const { post, set, id, commands } = await setUp();
    const waiting = post('logout');
    await vi.waitFor(async () => expect(await commands()).toMatchObject([{ name: 'logout' }]));
    await set({ status: 'logged_out' });
    expect(await waiting).toMatchObject({
      status: 200,
      data: { id, status: 'logged_out', told: true },
    });
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
      data: { status: 'logged_out', told: false },
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

describe('archiving', () => {
  test('hides a session, frees its place and stops it; sends do not find it', async () => {
    const { post, call, id, name, lease, send } = await setUp(
      { isDefault: true },
      { maxSessions: 1 },
    );
    expect(await call('POST', '', { name: 'second', mode: 'sandbox' })).toMatchObject({
      status: 403,
    });
    const archived = await post('archive');
    expect(archived).toMatchObject({
      status: 200,
      data: { id, isDefault: false, archivedAt: expect.any(String) },
    });
    expect(await lease()).toMatchObject({ desired: 'stopped' });
    expect(await send()).toMatchObject({ status: 404, error: { code: 'SESSION_NOT_FOUND' } });
    for (const path of ['/status', '/qr', '/metrics'])
      expect(await call('GET', `/${id}${path}`)).toMatchObject({ status: 404 });
    expect(await call('GET', '')).toMatchObject({ data: [] });
    expect(await call('GET', '?archived=true')).toMatchObject({ data: [{ id, name }] });
    expect(await call('GET', `/${id}`)).toMatchObject({ status: 404 });

    expect(await call('POST', '', { name, mode: 'sandbox' })).toMatchObject({ status: 409 });
    expect(await call('POST', '', { name: 'second', mode: 'sandbox' })).toMatchObject({
      status: 201,
    });
    expect(await post('unarchive')).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', details: { used: 1, allowed: 1 } },
    });
    expect(await call('DELETE', '/second')).toMatchObject({ status: 200 });
    expect(await post('unarchive')).toMatchObject({ status: 200, data: { archivedAt: null } });
    expect(await post('unarchive')).toMatchObject({ status: 200 });
    expect(await call('GET', '')).toMatchObject({ data: [{ id }] });
  });

  test('one that nobody holds is disconnected at once, and says so once', async () => {
    const { post, told, workspaceId, call } = await setUp();
    const { id } = await harness.newSession({ workspaceId, status: 'online' });
    expect(await call('POST', `/${id}/archive`)).toMatchObject({
      data: { status: 'disconnected' },
    });
    await call('POST', `/${id}/archive`);
    const { events } = harness.schema;
    const rows = await harness.db.select().from(events).where(eq(events.sessionId, id));
    expect(rows.map(({ data }) => data)).toMatchObject([{ reason: 'archived' }]);
    expect(await told()).toEqual([]);
    expect(await post('archive')).toMatchObject({ status: 200 });
  });

  test('an archived session can be deleted', async () => {
    const { post, call, id } = await setUp();
    await post('archive');
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 200 });
    expect(await call('GET', '?archived=true')).toMatchObject({ data: [] });
  });

  test('restoring many at once ends at the tier’s limit', async () => {
    const { workspaceId, call } = await setUp({}, { maxSessions: 3 });
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => (await harness.newSession({ workspaceId })).id),
    );
    for (const id of ids) await call('POST', `/${id}/archive`);
    const answers = await Promise.all(ids.map((id) => call('POST', `/${id}/unarchive`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(await call('GET', '?limit=100')).toMatchObject({
      data: [expect.anything(), expect.anything(), expect.anything()],
    });
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

describe('what happened, and what it takes', () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

  test('is listed newest first, with tries to reconnect, page by page', async () => {
    const { call, id } = await setUp();
    await harness.db.insert(harness.schema.sessionLog).values([
      { sessionId: id, status: 'online', reason: 'ready', at: hoursAgo(2) },
      { sessionId: id, status: 'reconnecting', reason: 'crashed: gone', at: hoursAgo(1), epoch: 3 },
      {
        sessionId: id,
        status: 'reconnecting',
        reason: 'crashed: gone',
        at: hoursAgo(1),
        epoch: 3,
        attempt: 1,
        delayMs: 730,
      },
    ]);
    const first = await call('GET', `/${id}/events?limit=2`);
    expect(first).toMatchObject({
      status: 200,
      data: [
        { type: 'reconnect', attempt: 1, delayMs: 730, nextAt: expect.any(String) },
        { type: 'status', status: 'reconnecting', attempt: null, nextAt: null, epoch: 3 },
      ],
    });
    const next = await call(
      'GET',
      `/${id}/events?limit=2&cursor=${String(first.meta['nextCursor'])}`,
    );
    expect(next).toMatchObject({ data: [{ status: 'online' }] });
    expect(next.meta['nextCursor']).toBeNull();
    expect(await call('GET', `/${id}/events?cursor=nonsense`)).toMatchObject({ status: 422 });
  });

  test('uptime is online of wanted, and resources are what was measured', async () => {
    const { call, id } = await setUp();
    const at = (hours: number, status: string, reason = 'test') => ({
      sessionId: id,
      status,
      reason,
      at: hoursAgo(hours),
    });
    await harness.db
      .insert(harness.schema.sessionLog)
      .values([
        at(50, 'qr'),
        at(48, 'online'),
        at(30, 'disconnected', 'stopped'),
        at(20, 'reconnecting', 'resume'),
        at(15, 'online'),
        at(10, 'disconnected', 'conflict: elsewhere'),
        at(5, 'logged_out'),
      ]);
    const metrics = { pssBytes: 100, rssBytes: 200, cpuPercent: 1.5, processes: 8 };
    await harness.db
      .update(harness.schema.sessionLeases)
      .set({ metrics, metricsAt: new Date() })
      .where(eq(harness.schema.sessionLeases.sessionId, id));
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({
      status: 200,
      data: {
        resources: { ...metrics, measuredAt: expect.any(String) },
        uptime: {
          day: { wantedSeconds: 15 * 3_600, onlineSeconds: 5 * 3_600, share: 0.3333 },
          week: { wantedSeconds: 33 * 3_600, onlineSeconds: 23 * 3_600, share: 0.697 },
        },
      },
    });
    await harness.db
      .update(harness.schema.sessionLeases)
      .set({ metricsAt: hoursAgo(1) })
      .where(eq(harness.schema.sessionLeases.sessionId, id));
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({ data: { resources: null } });
  });

  test('of a session that was never online there is no share', async () => {
    const { call } = await setUp();
    const id = idOf(await call('POST', '', { name: 'fresh', mode: 'sandbox' }));
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({
      data: { resources: null, uptime: { day: { wantedSeconds: 0, share: null } } },
    });
  });
});

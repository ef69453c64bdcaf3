import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, idOf, type NewWorkspace } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

async function setUp(options: NewWorkspace = {}) {
  const workspace = await harness.newWorkspace(options);
  const { sessions, sessionLeases } = harness.schema;
  const call = (method: string, path: string, body?: unknown, key = workspace.apiKey) =>
    harness.call(method, `/v1/sessions${path}`, { key, ...(body === undefined ? {} : { body }) });
  return {
    ...workspace,
    call,
    create: (name: string, mode: 'sandbox' | 'live' = 'sandbox') =>
      call('POST', '', { name, mode }),
    rows: () =>
      harness.db.select().from(sessions).where(eq(sessions.workspaceId, workspace.workspaceId)),
    lease: async (id: string) => {
      const [row] = await harness.db
        .select()
        .from(sessionLeases)
        .where(eq(sessionLeases.sessionId, id));
      return row;
    },
  };
}

/** A runner that heartbeats and has room. */
async function newIdleRunner() {
  const runner = harness.newRunner();
  const { runnerId: id, bootId, url } = runner.owner;
  await harness.db
    .insert(harness.schema.runners)
    .values({ id, bootId, url, region: 'local', maxSessions: 100 });
  return runner;
}

describe('creating', () => {
  test('makes a session that is wanted running; the first is the default', async () => {
    const { create, lease } = await setUp();
    const first = await create('support');
    expect(first).toMatchObject({
      status: 201,
      data: {
        name: 'support',
        status: 'created',
        mode: 'sandbox',
        profile: 'stock',
        isDefault: true,
        runner: null,
        phoneNumber: null,
      },
    });
    expect(await lease(idOf(first))).toMatchObject({ desired: 'running', epoch: 0 });
    expect(await create('sales')).toMatchObject({ data: { isDefault: false } });
  });

  test('shows no key of the session', async () => {
    const { create, rows } = await setUp();
    const answer = await create('support');
    const [row] = await rows();
    expect(row?.wireKey).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(answer)).not.toContain(row?.wireKey);
  });

  test('places it on a runner with room and wakes that', async () => {
    const { create, lease } = await setUp();
    const runner = await newIdleRunner();
    const id = idOf(await create('support'));
    expect(await lease(id)).toMatchObject({ runnerId: runner.owner.runnerId, bootId: null });
    expect((await runner.calls()).map(({ name }) => name)).toContain('wake');
    await harness.db.delete(harness.schema.runners);
  });

  test('refuses a name that is taken, and one that is none', async () => {
    const { create, call, rows } = await setUp();
    await create('support desk');
    for (const name of ['support desk', ' Support  DESK '])
      expect(await create(name)).toMatchObject({ status: 409, error: { code: 'CONFLICT' } });
    for (const name of ['', '../etc', newId('session'), 'x'.repeat(65)])
      expect(await create(name)).toMatchObject({ status: 422 });
    expect(await call('POST', '', { name: 'live', sandboxProfile: 'stock' })).toMatchObject({
      status: 422,
      error: { details: { fields: [{ field: 'sandboxProfile' }] } },
    });
    expect(await rows()).toHaveLength(1);
  });

  test('the same name is free in another workspace', async () => {
    const [one, other] = [await setUp(), await setUp()];
    expect(await one.create('support')).toMatchObject({ status: 201 });
    expect(await other.create('support')).toMatchObject({ status: 201 });
  });

  test('keeps to the tier’s number under concurrent creation', async () => {
    const { create, rows } = await setUp({ tier: 'basic' });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => create(`session ${index}`)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array<number>(5).fill(201),
      ...Array<number>(45).fill(403),
    ]);
    expect(answers.find(({ status }) => status === 403)).toMatchObject({
      error: { code: 'LIMIT_EXCEEDED', details: { used: 5, allowed: 5 } },
    });
    expect(await rows()).toHaveLength(5);
  });

  test('an administrator’s number wins over the tier’s', async () => {
    const { create } = await setUp({ tier: 'max', maxSessions: 1 });
    expect(await create('one')).toMatchObject({ status: 201 });
    expect(await create('two')).toMatchObject({ status: 403 });
  });

  test('a test key creates sandbox sessions only', async () => {
    const { create } = await setUp({ mode: 'test' });
    expect(await create('live', 'live')).toMatchObject({ status: 403 });
    expect(await create('sandbox')).toMatchObject({ status: 201 });
  });
});

describe('reading', () => {
  test('by id and by name, with its runner', async () => {
    const { call, workspaceId } = await setUp();
    const { owner } = harness.newRunner(3);
    const { id, name } = await harness.newSession({ workspaceId, owner, name: 'my phone' });
    const expected = { status: 200, data: { id, name, runner: { id: owner.runnerId, epoch: 3 } } };
    expect(await call('GET', `/${id}`)).toMatchObject(expected);
    expect(await call('GET', `/${encodeURIComponent(name)}`)).toMatchObject(expected);
    expect(await call('GET', `/${id}/status`)).toMatchObject({
      data: { id, status: 'online', desired: 'running' },
    });
  });

  test('another workspace’s session is the same 404 as a missing one', async () => {
    const { call } = await setUp();
    const foreign = await setUp();
    const { id, name } = await harness.newSession({ workspaceId: foreign.workspaceId });
    for (const ref of [id, name, newId('session')])
      expect(await call('GET', `/${ref}`)).toMatchObject({
        status: 404,
        error: { code: 'SESSION_NOT_FOUND', message: 'No such session in this workspace.' },
      });
  });

  test('the list goes page by page and shows what the key reaches', async () => {
    const { call, create, workspaceId } = await setUp();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.unshift(idOf(await create(name)));
    const live = await harness.newSession({ workspaceId, mode: 'live' });
    const listed = async (query: string, key?: string) => {
      const { data, meta } = await call('GET', query, undefined, key);
      return { ids: (data as { id: string }[]).map(({ id }) => id), next: meta['nextCursor'] };
    };
    const first = await listed('?limit=2');
    const second = await listed(`?limit=2&cursor=${String(first.next)}`);
    expect([...first.ids, ...second.ids]).toEqual([live.id, ...ids]);
    expect(second.next).toBeNull();

    const test = await harness.newKey(workspaceId, { mode: 'test' });
    expect((await listed('', test.apiKey)).ids).toEqual(ids);
    const pinned = await harness.newKey(workspaceId, { sessionId: live.id });
    expect((await listed('', pinned.apiKey)).ids).toEqual([live.id]);
  });
});

describe('stopping, starting, deleting', () => {
  test('stop keeps the row and wakes the owner, who closes the browser', async () => {
    const { call, workspaceId, lease } = await setUp();
    const runner = harness.newRunner();
    const { id } = await harness.newSession({ workspaceId, owner: runner.owner });
    expect(await call('POST', `/${id}/stop`)).toMatchObject({
      status: 200,
      data: { status: 'online' },
    });
    expect(await lease(id)).toMatchObject({ desired: 'stopped' });
    expect(await runner.calls()).toMatchObject([{ name: 'wake', refused: null }]);
    expect(await call('POST', `/${id}/start`)).toMatchObject({ status: 200 });
    expect(await lease(id)).toMatchObject({
      desired: 'running',
      runnerId: runner.owner.runnerId,
      bootId: runner.owner.bootId,
    });
  });

  test('a session that nobody owns is disconnected at once', async () => {
    const { call, create } = await setUp();
    const id = idOf(await create('support'));
    expect(await call('POST', `/${id}/stop`)).toMatchObject({
      data: { status: 'disconnected', reason: 'stop_requested' },
    });
  });

  test('a logged-out session starts afresh', async () => {
    const { call, workspaceId } = await setUp();
    const { id } = await harness.newSession({ workspaceId, status: 'logged_out' });
    expect(await call('POST', `/${id}/start`)).toMatchObject({ data: { status: 'created' } });
  });

  test('delete takes its messages along, frees name and default, and wakes the owner', async () => {
    const { call, create, workspaceId, apiKey } = await setUp();
    const runner = harness.newRunner();
    const { id } = await harness.newSession({
      workspaceId,
      owner: runner.owner,
      name: 'support',
      isDefault: true,
    });
    await harness.call('POST', '/v1/messages/text', {
      key: apiKey,
      body: { to: '+15550100001', text: 'Hello' },
    });
    expect(await call('DELETE', `/${id}`)).toMatchObject({
      status: 200,
      data: { id, deleted: true },
    });
    expect((await runner.calls()).map(({ name }) => name)).toContain('wake');
    expect(await call('GET', `/${id}`)).toMatchObject({ status: 404 });
    const { messages } = harness.schema;
    expect(await harness.db.select().from(messages).where(eq(messages.sessionId, id))).toEqual([]);
    expect(await create('support')).toMatchObject({ status: 201, data: { isDefault: true } });
  });

  test('a key that may only read changes nothing', async () => {
    const { call, workspaceId } = await setUp();
    const { id } = await harness.newSession({ workspaceId });
    const { apiKey } = await harness.newKey(workspaceId, { scopes: ['sessions:read'] });
    for (const [method, path] of [
      ['POST', `/${id}/stop`],
      ['POST', `/${id}/start`],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/qr`],
      ['GET', `/${id}/screenshot`],
    ] as const)
      expect(await call(method, path, undefined, apiKey)).toMatchObject({
        status: 403,
        error: { code: 'FORBIDDEN', details: { scope: 'sessions:write' } },
      });
    expect(await call('GET', `/${id}`, undefined, apiKey)).toMatchObject({ status: 200 });
  });

  test('an archived session is not found', async () => {
    const { call, workspaceId } = await setUp();
    const { id } = await harness.newSession({ workspaceId });
    await harness.db.execute(sql`update sessions set archived_at = now() where id = ${id}`);
    expect(await call('GET', `/${id}`)).toMatchObject({ status: 404 });
  });
});

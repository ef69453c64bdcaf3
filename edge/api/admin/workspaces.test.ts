import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, type TestUser } from '../../testing/harness.ts';
import { securityEvents } from '../../testing/security-events.ts';

let harness: Harness;
let admin: TestUser;
beforeAll(async () => {
  harness = await createHarness();
  admin = await harness.newUser({ isAdmin: true });
});

const get = (path: string, key = admin.token) => harness.call('GET', `/v1/admin${path}`, { key });
const patch = (path: string, body: unknown, key = admin.token) =>
  harness.call('PATCH', `/v1/admin${path}`, { key, body });

describe('workspaces', () => {
  test('are listed and shown with tier, limit and what is used', async () => {
    const { workspaceId } = await harness.newWorkspace({ tier: 'pro' });
    await harness.newSession({ workspaceId });
    await harness.newUser({ workspaceId });
    const shown = {
      id: workspaceId,
      tier: 'pro',
      maxSessions: 20,
      maxSessionsOverride: null,
      sessionsUsed: 1,
      members: 1,
      isActive: true,
    };
    expect(await get(`/workspaces/${workspaceId}`)).toMatchObject({ status: 200, data: shown });
    const first = await get('/workspaces?limit=1');
    expect(first).toMatchObject({ status: 200, data: [shown] });
    const next = await get(`/workspaces?limit=1&cursor=${String(first.meta['nextCursor'])}`);
    expect(next.status).toBe(200);
    expect(next.data).not.toMatchObject([{ id: workspaceId }]);
  });

  test('get a tier and a limit, and lose the limit again', async () => {
    const { workspaceId, apiKey } = await harness.newWorkspace({ tier: 'basic' });
    const path = `/workspaces/${workspaceId}`;
    const limit = async () => (await harness.call('GET', '/v1/workspace', { key: apiKey })).data;
    for (const [body, maxSessions, maxSessionsOverride] of [
      [{ tier: 'pro' }, 20, null],
      [{ maxSessions: 60 }, 60, 60],
      [{ tier: 'max', name: 'Big one' }, 60, 60],
      [{ maxSessions: 'unlimited' }, 'unlimited', 'unlimited'],
      [{ maxSessions: 0 }, 0, 0],
      [{ maxSessions: null }, 40, null],
    ] as const) {
      expect(await patch(path, body)).toMatchObject({
        status: 200,
        data: { maxSessions, maxSessionsOverride },
      });
      expect(await limit()).toMatchObject({ maxSessions });
    }
    expect(await get(path)).toMatchObject({ data: { name: 'Big one', tier: 'max' } });
    const told = await securityEvents(harness, workspaceId);
    expect(told).toMatchObject([
      { action: 'workspace.tier_changed', details: { from: 'basic', to: 'pro' } },
      { action: 'workspace.limit_changed', details: { from: null, to: 60 } },
      { action: 'workspace.tier_changed', details: { from: 'pro', to: 'max' } },
      { action: 'workspace.limit_changed' },
      { action: 'workspace.limit_changed' },
      { action: 'workspace.limit_changed' },
    ]);
    expect(told.map(({ address }) => address)).toEqual(told.map(() => null));
  });

  test('that are suspended let nobody in, and go on when they are back', async () => {
    const { workspaceId, token, cookie } = await harness.newUser();
    const { apiKey } = await harness.newKey(workspaceId);
    const credentials = [{ key: token }, { key: apiKey }, { headers: { cookie } }];
    const path = `/workspaces/${workspaceId}`;
    await patch(path, { isActive: false });
    for (const options of credentials)
      expect(await harness.call('GET', '/v1/sessions', options)).toMatchObject({
        status: 403,
        error: { details: { reason: 'workspace_suspended' } },
      });
    await patch(path, { isActive: false });
    expect(await patch(path, { isActive: true })).toMatchObject({ data: { isActive: true } });
    for (const options of credentials)
      expect(await harness.call('GET', '/v1/sessions', options)).toMatchObject({ status: 200 });
    expect(await securityEvents(harness, workspaceId)).toMatchObject([
      { action: 'workspace.suspended', actorId: admin.userId, target: workspaceId },
      { action: 'workspace.resumed' },
    ]);
  });

  test('that are not there are 404', async () => {
    const id = newId('workspace');
    for (const answer of [
      await get(`/workspaces/${id}`),
      await patch(`/workspaces/${id}`, { tier: 'max' }),
    ])
      expect(answer).toMatchObject({ status: 404, error: { code: 'NOT_FOUND' } });
  });

  test.each([
    [{ tier: 'huge' }],
    [{ maxSessions: -1 }],
    [{ maxSessions: 2.5 }],
    [{ maxSessions: 2_147_483_647 }],
    [{ maxSessions: 'none' }],
    [{ isActive: 'no' }],
    [{ id: 'wks_x' }],
  ])('refuses %j', async (body) => {
    const { workspaceId } = await harness.newWorkspace();
    expect(await patch(`/workspaces/${workspaceId}`, body)).toMatchObject({ status: 422 });
  });
});

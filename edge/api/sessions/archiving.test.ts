import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { UNLIMITED_SESSIONS } from '../../services/sessions/tiers.ts';
import { createHarness, type Harness, type NewSession } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = (change?: Partial<NewSession>, workspace?: { maxSessions?: number }) =>
  ownedSession(harness, change, workspace);

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

  test('restoring one many times at once is no matter of room', async () => {
    const { post, call, audited } = await setUp({}, { maxSessions: 1 });
    await post('archive');
    const answers = await Promise.all(Array.from({ length: 5 }, () => post('unarchive')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await audited()).toEqual(['archiveSession', 'unarchiveSession']);
    expect(await call('GET', '')).toMatchObject({ data: [{ archivedAt: null }] });
  });

  test('restoring counts under the tier, and under nothing where sessions are unlimited', async () => {
    const { workspaceId, post } = await setUp();
    const { workspaces } = harness.schema;
    const set = (values: Partial<typeof workspaces.$inferInsert>) =>
      harness.db.update(workspaces).set(values).where(eq(workspaces.id, workspaceId));
    await set({ tier: 'basic', maxSessions: null });
    await post('archive');
    for (let more = 0; more < 5; more += 1) await harness.newSession({ workspaceId });
    expect(await post('unarchive')).toMatchObject({
      status: 403,
      error: { code: 'LIMIT_EXCEEDED', details: { used: 5, allowed: 5 } },
    });
    await set({ maxSessions: UNLIMITED_SESSIONS });
    expect(await post('unarchive')).toMatchObject({ status: 200, data: { archivedAt: null } });
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

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../../shared/ids.ts';
import { createHarness, type Harness, type TestUser } from '../../testing/harness.ts';

let harness: Harness;
let admin: TestUser;
beforeAll(async () => {
  harness = await createHarness();
  admin = await harness.newUser({ isAdmin: true });
});

const get = (path: string, key = admin.token) => harness.call('GET', `/v1/admin${path}`, { key });
const patch = (path: string, body: unknown, key = admin.token) =>
  harness.call('PATCH', `/v1/admin${path}`, { key, body });

describe('administration', () => {
  /** The last column: what an administrator gets, also when asking again. */
  const routes = [
    ['GET', '/users', undefined, [200]],
    ['POST', '/users', { email: 'x@example.com', name: 'x' }, [201, 409]],
    ['PATCH', `/users/${newId('user')}`, { isActive: false }, [404]],
    ['GET', '/workspaces', undefined, [200]],
    ['GET', `/workspaces/${newId('workspace')}`, undefined, [404]],
    ['PATCH', `/workspaces/${newId('workspace')}`, { tier: 'max' }, [404]],
    ['GET', '/runners', undefined, [200]],
    ['GET', '/sessions', undefined, [200]],
  ] as const;

  test.each(routes)('%s %s is for platform administrators', async (method, path, body) => {
    const owner = await harness.newUser();
    const { apiKey } = await harness.newKey(admin.workspaceId);
    for (const key of [owner.token, apiKey])
      expect(
        await harness.call(method, `/v1/admin${path}`, {
          key,
          ...(body === undefined ? {} : { body }),
        }),
      ).toMatchObject({ status: 403, error: { code: 'FORBIDDEN' } });
  });

  test.each(routes)('%s %s is only for ADMIN_ALLOWED_IPS', async (method, path, body, statuses) => {
    const env = { ADMIN_ALLOWED_IPS: '192.0.2.0/24,2001:db8::/32' };
    const from = (address: string) =>
      harness.call(method, `/v1/admin${path}`, {
        key: admin.token,
        env,
        headers: { 'cf-connecting-ip': address },
        ...(body === undefined ? {} : { body }),
      });
    for (const address of ['198.51.100.7', '2001:db9::1', 'nowhere', ''])
      expect(await from(address), address).toMatchObject({
        status: 403,
        error: { message: expect.stringContaining('address') },
      });
    for (const address of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::1'])
      expect(statuses, address).toContain((await from(address)).status);
  });

  test('goes on from a suspended workspace', async () => {
    const { workspaceId, token } = await harness.newUser({ isAdmin: true });
    expect(await patch(`/workspaces/${workspaceId}`, { isActive: false }, token)).toMatchObject({
      status: 200,
    });
    expect(await harness.call('GET', '/v1/workspace', { key: token })).toMatchObject({
      status: 403,
    });
    expect(await patch(`/workspaces/${workspaceId}`, { isActive: true }, token)).toMatchObject({
      status: 200,
      data: { isActive: true },
    });
  });
});

describe('the fleet', () => {
  test('is shown with what each runner carries, and whether it lives', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const [alive, dead] = [`a-${crypto.randomUUID()}`, `d-${crypto.randomUUID()}`];
    for (const runnerId of [alive, dead])
      await harness.newSession({
        workspaceId,
        owner: { runnerId, bootId: 'boot-1', url: 'http://10.1.2.3:8080/secret' },
      });
    const { runners } = harness.schema;
    const heartbeatAt = new Date(Date.now() - 60_000);
    await harness.db.update(runners).set({ heartbeatAt }).where(eq(runners.id, dead));
    const answer = await get('/runners');
    const carried = { host: '10.1.2.3:8080', region: 'local', maxSessions: 10, sessions: 1 };
    expect(answer.data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...carried, id: alive, alive: true }),
        expect.objectContaining({ ...carried, id: dead, alive: false }),
      ]),
    );
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  test('has the sessions of all workspaces', async () => {
    const [one, other] = [await harness.newWorkspace(), await harness.newWorkspace()];
    const mine = await harness.newSession({ workspaceId: one.workspaceId, status: 'qr' });
    const theirs = await harness.newSession({ workspaceId: other.workspaceId, status: 'failed' });
    const { sessions } = harness.schema;
    const archivedAt = new Date();
    await harness.db.update(sessions).set({ archivedAt }).where(eq(sessions.id, mine.id));
    const first = await get('/sessions?limit=1');
    expect(first).toMatchObject({
      status: 200,
      data: [{ id: theirs.id, workspaceId: other.workspaceId, status: 'failed' }],
    });
    const next = await get(`/sessions?limit=1&cursor=${String(first.meta['nextCursor'])}`);
    expect(next).toMatchObject({
      data: [{ id: mine.id, workspaceId: one.workspaceId, archivedAt: archivedAt.toISOString() }],
    });
    expect(next.data).not.toHaveProperty([0, 'wireKey']);
    const ids = async (query: string) =>
      z.array(z.object({ id: z.string() })).parse((await get(`/sessions?${query}`)).data);
    expect(await ids(`workspaceId=${one.workspaceId}`)).toEqual([{ id: mine.id }]);
    expect(await ids(`workspaceId=${one.workspaceId}&status=failed`)).toEqual([]);
    expect(await get('/sessions?status=asleep')).toMatchObject({ status: 422 });
  });
});

import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import { HOOK_URL, idOf, webhookClient } from './testing/webhook-client.ts';

const harness = await createHarness();
const { call, list, create } = webhookClient(harness);

describe('who may do what', () => {
  const routes = (id: string): [string, string, unknown?][] => [
    ['GET', `/${id}`],
    ['PATCH', `/${id}`, { description: 'mine' }],
    ['DELETE', `/${id}`],
    ['POST', `/${id}/test`],
    ['POST', `/${id}/rotate-secret`],
    ['GET', `/${id}/deliveries`],
  ];

  it('nobody without a key, and no other workspace', async () => {
    const owner = await harness.newWorkspace();
    const stranger = await harness.newWorkspace();
    const id = idOf(await create(owner.apiKey));
    for (const [method, path, body] of [...routes(id), ['POST', '', { url: HOOK_URL }] as const]) {
      const answer = await call(method, path, { body });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
    for (const [method, path, body] of routes(id)) {
      const answer = await call(method, path, { key: stranger.apiKey, body });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect(await list(stranger.apiKey)).toEqual([]);
    expect(await list(owner.apiKey)).toHaveLength(1);
  });

  it('a key to read only reads', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const id = idOf(await create(apiKey));
    const { apiKey: reader } = await harness.newKey(workspaceId, { scopes: ['webhooks:read'] });
    const { apiKey: other } = await harness.newKey(workspaceId, { scopes: ['messages:send'] });
    for (const [method, path, body] of routes(id)) {
      const wanted = method === 'GET' ? 200 : 403;
      expect(
        (await harness.request(method, `/v1/webhooks${path}`, { key: reader, body })).status,
      ).toBe(wanted);
      expect((await call(method, path, { key: other, body })).status).toBe(403);
    }
  });

  it('a key to read only sees which headers there are, and none of their values', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const headers = { authorization: 'Bearer theirs', 'x-key': 'k' };
    const id = idOf(await create(apiKey, { headers }));
    const { apiKey: reader } = await harness.newKey(workspaceId, { scopes: ['webhooks:read'] });
    const hidden = { authorization: '***', 'x-key': '***' };
    expect((await call('GET', `/${id}`, { key: reader })).data).toMatchObject({ headers: hidden });
    expect(await list(reader)).toMatchObject([{ headers: hidden }]);
    expect((await call('GET', `/${id}`, { key: apiKey })).data).toMatchObject({ headers });
  });

  it('a key pinned to a session has that one’s endpoints only', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const mine = await harness.newSession({ workspaceId });
    const other = await harness.newSession({ workspaceId });
    const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: mine.id });
    const all = idOf(await create(apiKey));
    expect((await create(pinned)).data).toMatchObject({ sessionIds: [mine.id] });
    expect(await create(pinned, { sessionIds: [other.id] })).toMatchObject({ status: 403 });
    expect((await call('GET', `/${all}`, { key: pinned })).status).toBe(404);
    expect(await list(pinned)).toHaveLength(1);
    expect(await list(apiKey)).toHaveLength(2);
  });

  it('a member keeps an endpoint when one of its sessions is deleted, and gets none of other people’s', async () => {
    const { workspaceId } = await harness.newWorkspace();
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: false });
    const [kept, deleted] = [
      await harness.newSession({ workspaceId, createdBy: member.userId }),
      await harness.newSession({ workspaceId, createdBy: member.userId }),
    ];
    const { token: key } = member;
    const id = idOf(await create(key, { sessionIds: [kept.id, deleted.id] }));
    const { sessions } = harness.schema;
    await harness.db.delete(sessions).where(eq(sessions.id, deleted.id));
    expect(await call('GET', `/${id}`, { key })).toMatchObject({ status: 200 });
    const others = await harness.newSession({ workspaceId });
    const { webhookEndpoints } = harness.schema;
    for (const sessionIds of [[kept.id, others.id], [deleted.id]]) {
      await harness.db
        .update(webhookEndpoints)
        .set({ sessionIds })
        .where(eq(webhookEndpoints.id, id));
      expect(await call('GET', `/${id}`, { key })).toMatchObject({ status: 404 });
    }
  });

  it('a test key has its own endpoints only', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const { apiKey: test } = await harness.newKey(workspaceId, { mode: 'test' });
    const live = idOf(await create(apiKey));
    await create(test);
    expect((await call('GET', `/${live}`, { key: test })).status).toBe(404);
    expect(await list(test)).toHaveLength(1);
    expect(await list(apiKey)).toHaveLength(2);
  });
});

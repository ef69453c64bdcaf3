import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createHarness, type Harness } from '../testing/harness.ts';
import { connect } from '../testing/realtime-client.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

/** A workspace in which the first session had 3 messages on November 20, and another one's had 4 on November 21. */
async function setUp() {
  const owner = await harness.newUser();
  const { workspaceId } = owner;
  const member = await harness.newUser({ workspaceId, role: 'member' });
  const first = await harness.newSession({ workspaceId, createdBy: owner.userId });
  const second = await harness.newSession({ workspaceId, createdBy: member.userId });
  await harness.db.insert(harness.schema.messageStats).values([
    { workspaceId, sessionId: first.id, day: '2026-11-20', type: 'text', sent: 2, failed: 1 },
    { workspaceId, sessionId: second.id, day: '2026-11-21', type: 'image', received: 4 },
    { workspaceId, sessionId: 'ses_deleted', day: '2026-10-31', type: 'text', sent: 9 },
  ]);
  const get = async (path: string, key = owner.token) => harness.call('GET', `/v1${path}`, { key });
  return { workspaceId, member, first, second, get };
}
const NOVEMBER = 'from=2026-11-01&to=2026-11-30';

describe('GET /v1/stats', () => {
  test('counts by day, by session and by type, and only what is asked for', async () => {
    const { get, first, second } = await setUp();
    const stats = async (query: string) => (await get(`/stats?${NOVEMBER}&${query}`)).data;
    expect(await stats('')).toMatchObject([
      { day: '2026-11-20', sessionId: null, type: null, sent: 2, failed: 1, received: 0 },
      { day: '2026-11-21', sent: 0, received: 4 },
    ]);
    expect(await stats('by=session')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ day: null, sessionId: first.id, sent: 2 }),
        expect.objectContaining({ sessionId: second.id, received: 4 }),
      ]),
    );
    expect(await stats('by=type')).toMatchObject([
      { type: 'image', received: 4 },
      { type: 'text', sent: 2 },
    ]);
    expect(await stats(`sessionId=${first.name}`)).toMatchObject([{ day: '2026-11-20' }]);
    expect(await stats('type=image')).toMatchObject([{ day: '2026-11-21' }]);
  });

  test('shows a member only their sessions, and a deleted one only to whoever reaches all', async () => {
    const { get, member, second } = await setUp();
    const path = '/stats?from=2026-10-01&to=2026-11-30&by=session';
    expect((await get(path, member.token)).data).toMatchObject([{ sessionId: second.id }]);
    expect((await get(path)).data).toContainEqual(
      expect.objectContaining({ sessionId: 'ses_deleted', sent: 9 }),
    );
  });

  test.each([
    ['from=2026-11-02&to=2026-11-01', 'from'],
    ['from=2024-01-01&to=2026-01-01', 'from'],
    ['from=2026-02-30', 'from'],
    ['to=yesterday', 'to'],
    ['by=chat', 'by'],
  ])('refuses %s', async (query, field) => {
    const { get } = await setUp();
    expect(await get(`/stats?${query}`)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR', details: { fields: [{ in: 'query', field }] } },
    });
  });
});

test('GET /v1/usage shows the tier, and the messages of a month', async () => {
  const { get, member } = await setUp();
  const usage = (await get('/usage?month=2026-11')).data;
  expect(usage).toMatchObject({
    tier: 'max',
    sessions: { used: 2, limit: 40 },
    media: { usedBytes: 0, limitBytes: 50 * 1024 ** 3 },
    realtimeConnections: { used: 0, limit: 2_000 },
    requestsPerMinute: { limit: 60_000 },
    from: '2026-11-01',
    to: '2026-11-30',
    messages: { sent: 2, failed: 1, received: 4, read: 0 },
  });
  expect((await get('/usage?month=2026-11', member.token)).data).toMatchObject({
    messages: { sent: 0, received: 4 },
  });
  expect((await get('/usage?month=2024-02')).data).toMatchObject({
    to: '2024-02-29',
    messages: { sent: 0, received: 0 },
  });
});

test('GET /v1/usage shows the realtime connections that are open, and null while nobody knows', async () => {
  const { apiKey } = await harness.newWorkspace();
  const used = async (options = {}) => {
    const { data } = await harness.call('GET', '/v1/usage', { key: apiKey, ...options });
    return z.object({ realtimeConnections: z.looseObject({}) }).parse(data).realtimeConnections;
  };
  const first = await connect(harness, '', { key: apiKey });
  await connect(harness, '', { key: apiKey });
  expect(await used()).toEqual({ used: 2, limit: 2_000 });
  first.close();
  await first.closed;
  expect(await used()).toMatchObject({ used: 1 });
  const away = { count: () => Promise.reject(new Error('away')) };
  const env = { HUB: { getByName: () => away } };
  expect(await used({ env })).toMatchObject({ used: null });
});

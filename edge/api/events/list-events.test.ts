import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import {
  newOwnedSession,
  received,
  status,
} from '../../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const Page = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      seq: z.number(),
      sessionId: z.string().nullable(),
      timestamp: z.iso.datetime(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  meta: z.object({ nextCursor: z.string().nullable() }),
});

const read = async (key: string, query = '') => {
  const response = await harness.request('GET', `/v1/events?${query}`, { key });
  expect(response.status).toBe(200);
  return Page.parse(await response.json());
};

/** Three messages and one change of state. */
async function withEvents() {
  const session = await newOwnedSession(harness);
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: [received('A'), received('B'), status(), received('C')].map((report) =>
      session.spool(report),
    ),
  });
  return session;
}

describe('GET /v1/events', () => {
  it('returns all events in order, page by page', async () => {
    const { apiKey, sessionId } = await withEvents();
    const all = await read(apiKey);
    expect(all.meta.nextCursor).toBeNull();
    expect(all.data.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'message.received'],
      [2, 'message.received'],
      [3, 'session.status'],
      [4, 'message.received'],
    ]);
    expect(all.data[0]).toMatchObject({
      sessionId,
      timestamp: '2026-11-20T00:00:00.000Z',
      data: { wireId: 'A' },
    });
    const first = await read(apiKey, 'limit=3');
    expect(first.meta.nextCursor).toBe('3');
    expect((await read(apiKey, `after=${first.meta.nextCursor}`)).data).toEqual(all.data.slice(3));
    expect((await read(apiKey, 'after=4')).data).toEqual([]);
  });

  it.each([
    ['types=session.status', [3]],
    ['types=session.*', [3]],
    ['types=message_received&limit=2', [1, 2]],
    ['types=message.sent,session.*', [3]],
    ['types=message.sent', []],
  ])('filters by %s', async (query, seqs) => {
    const { apiKey } = await withEvents();
    expect((await read(apiKey, query)).data.map(({ seq }) => seq)).toEqual(seqs);
  });

  it('shows a key no more than its session, and a test key sandbox sessions only', async () => {
    const one = await withEvents();
    const live = await harness.newSession({ workspaceId: one.workspaceId, mode: 'live' });
    const { apiKey: pinned } = await harness.newKey(one.workspaceId, { sessionId: live.id });
    const { apiKey: test } = await harness.newKey(one.workspaceId, { mode: 'test' });
    await ingestReports({
      services: harness.services(),
      runnerId: one.runnerId,
      reports: [{ ...one.spool(received('D')), sessionId: live.id }],
    });
    expect((await read(one.apiKey)).data).toHaveLength(5);
    expect((await read(one.apiKey, `sessionId=${live.name}`)).data.map(({ seq }) => seq)).toEqual([
      5,
    ]);
    expect((await read(pinned)).data.map(({ seq }) => seq)).toEqual([5]);
    expect((await read(test)).data.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const elsewhere = `/v1/events?sessionId=${one.sessionId}`;
    expect((await harness.request('GET', elsewhere, { key: pinned })).status).toBe(403);
  });

  it('is empty for another workspace, and closed without a key or the scope', async () => {
    const { workspaceId } = await withEvents();
    const stranger = await harness.newWorkspace();
    expect((await read(stranger.apiKey)).data).toEqual([]);
    expect((await harness.request('GET', '/v1/events')).status).toBe(401);
    const { apiKey: sender } = await harness.newKey(workspaceId, { scopes: ['messages:send'] });
    expect((await harness.request('GET', '/v1/events', { key: sender })).status).toBe(403);
  });

  it.each(['after=-1', 'after=x', 'limit=0', 'limit=101', 'types=nonsense'])(
    'refuses %s',
    async (query) => {
      const { apiKey: key } = await harness.newWorkspace();
      expect((await harness.request('GET', `/v1/events?${query}`, { key })).status).toBe(422);
    },
  );
});

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { createHarness, type Harness, idOf } from '../../testing/harness.ts';
import { ownedSession } from '../../testing/owned-session.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const setUp = () => ownedSession(harness);

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

import { and, eq, gt } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SessionStatus } from '../../../shared/session-status.ts';
import { runCron } from '../../jobs/cron.ts';
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
    expect(await call('GET', '')).toMatchObject({ data: [{ memoryBytes: 100 }] });
    await harness.db
      .update(harness.schema.sessionLeases)
      .set({ metricsAt: hoursAgo(1) })
      .where(eq(harness.schema.sessionLeases.sessionId, id));
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({ data: { resources: null } });
    expect(await call('GET', `/${id}`)).toMatchObject({ data: { memoryBytes: null } });
  });

  test('a status lasts since the entry that began it, whatever is written down meanwhile', async () => {
    const { call, id } = await setUp();
    const { sessionLog, sessions } = harness.schema;
    const entry = (hours: number, status: SessionStatus, reason: string) => ({
      sessionId: id,
      status,
      reason,
      at: hoursAgo(hours),
    });
    await harness.db.update(sessions).set({ status: 'online' }).where(eq(sessions.id, id));
    await harness.db.delete(sessionLog).where(eq(sessionLog.sessionId, id));
    const began = entry(5, 'online', 'ready');
    await harness.db
      .insert(sessionLog)
      .values([
        entry(9, 'online', 'ready'),
        entry(6, 'reconnecting', 'crashed: gone'),
        began,
        entry(2, 'online', 'page_error: Store is not defined'),
        { ...entry(1, 'reconnecting', 'crashed: gone'), attempt: 1, delayMs: 730 },
      ]);
    const since = { statusSince: began.at.toISOString() };
    expect(await call('GET', `/${id}`)).toMatchObject({ data: since });
    expect(await call('GET', '')).toMatchObject({ data: [since] });
  });

  test('is forgotten after 90 days, but for the state that it was in then', async () => {
    const { call, id } = await setUp();
    const daysAgo = (days: number) => hoursAgo(24 * days);
    const { sessionLog, leaseHistory } = harness.schema;
    const entry = { sessionId: id, reason: 'test' };
    const tried = { attempt: 1, delayMs: 700 };
    await harness.db.insert(sessionLog).values([
      { ...entry, status: 'qr', at: daysAgo(200) },
      { ...entry, status: 'online', at: daysAgo(95) },
      { ...entry, status: 'online', at: daysAgo(94), ...tried },
      { ...entry, status: 'online', at: daysAgo(89), ...tried },
      { ...entry, status: 'logged_out', at: daysAgo(3) },
    ]);
    const owner = { sessionId: id, runnerId: 'a', bootId: 'b', cause: 'takeover' };
    await harness.db.insert(leaseHistory).values([
      { ...owner, epoch: 11, at: daysAgo(200), endedAt: daysAgo(100) },
      { ...owner, epoch: 12, at: daysAgo(100), endedAt: daysAgo(80) },
      { ...owner, epoch: 13, at: daysAgo(95) },
    ]);
    await runCron(harness.services());
    const log = await call('GET', `/${id}/events`);
    expect(log.data).toMatchObject([
      { status: 'logged_out' },
      { type: 'reconnect', attempt: 1 },
      { type: 'status', status: 'online' },
    ]);
    const epochs = await harness.db
      .select({ epoch: leaseHistory.epoch })
      .from(leaseHistory)
      .where(and(eq(leaseHistory.sessionId, id), gt(leaseHistory.epoch, 10)))
      .orderBy(leaseHistory.epoch);
    expect(epochs).toEqual([{ epoch: 12 }, { epoch: 13 }]);
    // The week ends when it is asked for, a little after the rows above were dated.
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({
      data: { uptime: { week: { wantedSeconds: expect.closeTo(4 * 86_400, -2), share: 1 } } },
    });
  });

  test('of a session that was never online there is no share', async () => {
    const { call } = await setUp();
    const id = idOf(await call('POST', '', { name: 'fresh', mode: 'sandbox' }));
    expect(await call('GET', `/${id}/metrics`)).toMatchObject({
      data: { resources: null, uptime: { day: { wantedSeconds: 0, share: null } } },
    });
  });
});

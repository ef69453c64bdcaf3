import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENTS } from '../../../shared/catalogue/events/index.ts';
import { newId } from '../../../shared/ids.ts';
import {
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
} from '../../services/reports/testing/report-fixtures.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { oneIsolate } from '../../testing/one-isolate.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const authorization = () => `Bearer ${harness.env.METRICS_TOKEN}`;

/** The samples of a scrape by an isolate that has answered none before. */
async function scrape(): Promise<Record<string, number>> {
  const answer = await oneIsolate(harness.env).get('/metrics', { authorization: authorization() });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await answer.text()).split('\n').filter((line) => /^\w/.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

describe('who may read the metrics', () => {
  test.each([
    ['nobody', {}],
    ['another token', { authorization: `Bearer ${'0'.repeat(64)}` }],
    ['the token without its scheme', { authorization: 'token' }],
  ])('not %s', async (_who, headers) => {
    const answer = await harness.call('GET', '/metrics', { headers });
    expect(answer).toMatchObject({ status: 401, error: { code: 'UNAUTHORIZED' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('not an API key', async () => {
    const { apiKey } = await harness.newWorkspace();
    expect((await harness.call('GET', '/metrics', { key: apiKey })).status).toBe(401);
  });

  test('nobody where no token is configured: there is no such route', async () => {
    const env = { METRICS_TOKEN: '' };
    for (const key of ['', 'undefined', harness.env.METRICS_TOKEN ?? ''])
      expect(await harness.call('GET', '/metrics', { key, env })).toMatchObject({
        status: 404,
        error: { code: 'NOT_FOUND' },
      });
  });

  test('a stranger costs the database nothing', async () => {
    const tap = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
    const { get } = oneIsolate({ ...harness.env, DATABASE_HTTP_URL: `${tap.url}/sql` });
    for (let n = 0; n < 5; n += 1) expect((await get('/metrics')).status).toBe(401);
    expect(await tap.calls()).toEqual([]);
  });
});

test('many scrapes at once cost one read of the record, and one of the runners', async () => {
  const tap = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
  const { clock, get } = oneIsolate({ ...harness.env, DATABASE_HTTP_URL: `${tap.url}/sql` });
  const scrapes = () =>
    Promise.all(
      Array.from({ length: 20 }, () => get('/metrics', { authorization: authorization() })),
    );
  await scrapes();
  expect(await tap.calls()).toHaveLength(2);
  clock.now += 5_000;
  await scrapes();
  expect(await tap.calls()).toHaveLength(4);
});

test('without the database, the dependencies alone are there', async () => {
  const { get } = oneIsolate({ ...harness.env, DATABASE_HTTP_URL: 'http://127.0.0.1:9/sql' });
  const answer = await get('/metrics', { authorization: authorization() });
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toContain('waypost_dependency_up{dependency="database"} 0\n');
  expect(text).not.toContain('waypost_sessions');
});

test('counts messages by outcome, and never less when a workspace is deleted', async () => {
  const { workspaceId } = await harness.newWorkspace();
  const add = (sent: number, failed: number) =>
    harness.db.insert(harness.schema.messageStats).values({
      workspaceId,
      day: new Date().toISOString().slice(0, 10),
      sessionId: newId('session'),
      type: 'text',
      sent,
      failed,
      received: 1,
    });
  const before = await scrape();
  await add(3, 2);
  const after = await scrape();
  const rise = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  expect(rise('waypost_messages_sent_total{outcome="sent"}')).toBe(3);
  expect(rise('waypost_messages_sent_total{outcome="failed"}')).toBe(2);
  expect(rise('waypost_messages_sent_total{outcome="unknown"}')).toBe(0);
  expect(rise('waypost_messages_received_total')).toBe(1);
  await harness.db
    .delete(harness.schema.workspaces)
    .where(eq(harness.schema.workspaces.id, workspaceId));
  const counters = Object.entries(after).filter(([name]) => /_total/.test(name));
  const later = await scrape();
  for (const [name, value] of counters) expect(later[name], name).toBeGreaterThanOrEqual(value);
});

test('what was counted on days gone by stays in the sum', async () => {
  const { metricTotals } = harness.schema;
  const name = 'waypost_webhook_dead_letters_total';
  const before = (await scrape())[name] ?? 0;
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const row = { name: 'dead_letters', label: '' };
  await harness.db.insert(metricTotals).values([
    { ...row, since: hoursAgo(100), value: 7 },
    { ...row, since: hoursAgo(80), value: 5 },
    { ...row, since: hoursAgo(20), value: 1 },
  ]);
  expect((await scrape())[name]).toBe(before + 13);
  const kept = await harness.db.execute(
    sql`select value from metric_totals where name = 'dead_letters' and since = '-infinity'`,
  );
  expect(kept.rows).toEqual([{ value: '12' }]);
  expect((await scrape())[name]).toBe(before + 13);
});

describe('what waits', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

  test('is as old as the oldest message at the head of a queue, without bulks', async () => {
    const [session, offline] = [await newOwnedSession(harness), await newOwnedSession(harness)];
    const { sessions, bulks, messages } = harness.schema;
    await harness.db
      .update(sessions)
      .set({ status: 'logged_out' })
      .where(eq(sessions.id, offline.sessionId));
    const queue = async (to: OwnedSession, queueSeq: number, createdAt: Date) => {
      const id = await newOutbound(harness, to, { status: 'queued', claimEpoch: null, queueSeq });
      await harness.db.update(messages).set({ createdAt }).where(eq(messages.id, id));
    };
    await queue(offline, 1, minutesAgo(50));
    const none = await scrape();
    expect(none['waypost_queue_oldest_seconds']).toBe(0);
    await queue(session, 1, minutesAgo(10));
    await queue(session, 2, minutesAgo(5));
    const some = await scrape();
    expect(some['waypost_queue_oldest_seconds']).toBeGreaterThanOrEqual(600);
    expect(some['waypost_queue_oldest_seconds']).toBeLessThan(660);
    expect(some['waypost_queue_sessions']).toBe(1);
    const { workspaceId, sessionId } = session;
    const bulkId = newId('bulk');
    await harness.db
      .insert(bulks)
      .values({ id: bulkId, workspaceId, sessionId, type: 'text', recipients: 2, leftOut: [] });
    await harness.db.update(messages).set({ bulkId }).where(eq(messages.sessionId, sessionId));
    expect((await scrape())['waypost_queue_oldest_seconds']).toBe(0);
  });

  test('is as old as the delivery that is due the longest, of active endpoints', async () => {
    const session = await newOwnedSession(harness);
    const { deliveries, events, webhookEndpoints } = harness.schema;
    const { workspaceId } = session;
    const [active, off] = [
      await newEndpoint(harness, session),
      await newEndpoint(harness, session),
    ];
    await harness.db
      .update(webhookEndpoints)
      .set({ isActive: false })
      .where(eq(webhookEndpoints.id, off));
    await harness.db.insert(events).values({
      workspaceId,
      seq: 1,
      id: newId('event'),
      type: 'session.status',
      data: EVENTS['session.status'].example,
      occurredAt: new Date(),
    });
    const delivery = (endpointId: string, nextAttemptAt: Date) => ({
      id: newId('delivery'),
      workspaceId,
      endpointId,
      eventSeq: 1,
      eventName: 'session.status',
      nextAttemptAt,
    });
    await harness.db
      .insert(deliveries)
      .values([delivery(active, minutesAgo(5)), delivery(off, minutesAgo(50))]);
    const some = await scrape();
    expect(some['waypost_outbox_oldest_seconds']).toBeGreaterThanOrEqual(300);
    expect(some['waypost_outbox_oldest_seconds']).toBeLessThan(360);
    expect(some['waypost_outbox_endpoints']).toBe(1);
  });
});

test('shows each runner, and the sessions by status', async () => {
  const session = await newOwnedSession(harness);
  const { runners } = harness.schema;
  const runner = {
    id: session.runnerId,
    bootId: 'b',
    url: 'http://r',
    region: 'fra',
    maxSessions: 9,
  };
  await harness.db
    .insert(runners)
    .values({ ...runner, heartbeatAt: new Date(Date.now() - 40_000) })
    .onConflictDoUpdate({
      target: runners.id,
      set: { ...runner, heartbeatAt: new Date(Date.now() - 40_000) },
    });
  const samples = await scrape();
  const labels = `{runner="${session.runnerId}",region="fra",state="serving"}`;
  expect(samples[`waypost_runner_heartbeat_age_seconds${labels}`]).toBeGreaterThanOrEqual(40);
  expect(samples[`waypost_runner_places${labels}`]).toBe(9);
  expect(samples[`waypost_runner_sessions${labels}`]).toBe(1);
  expect(samples['waypost_sessions{mode="live",status="failed"}']).toBe(0);
  const counted = Object.entries(samples).filter(([name]) => name.startsWith('waypost_sessions{'));
  const live = await harness.db.$count(harness.schema.sessions);
  expect(counted.reduce((sum, [, value]) => sum + value, 0)).toBe(live);
});

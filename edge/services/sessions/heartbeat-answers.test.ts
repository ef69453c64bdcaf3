import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/ids.ts';
import type { HeartbeatRequest } from '../../../shared/protocol/index.ts';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newOwnedSession, type OwnedSession } from '../reports/testing/report-fixtures.ts';
import { openProxy } from './proxy.ts';
import { beatOf, sessionRow } from './testing/owner.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const rowOf = ({ sessionId }: OwnedSession) => sessionRow(harness, sessionId);
const beat = (session: OwnedSession, change?: Partial<HeartbeatRequest>) =>
  beatOf(harness, session, change);

/** What time does to a session that is to be tried again. */
const pass = ({ sessionId }: OwnedSession, time: string) =>
  harness.db.execute(sql`
    update session_leases set retry_at = retry_at - ${time}::interval where session_id = ${sessionId}`);

describe('a heartbeat', () => {
  it('brings what was measured, from the owner alone', async () => {
    const session = await newOwnedSession(harness);
    const metrics = { pssBytes: 1, rssBytes: 2, cpuPercent: null, processes: 3 };
    const say = (epoch: number, given: typeof metrics) =>
      beat(session, {
        pid: 4242,
        sessions: [
          { sessionId: session.sessionId, epoch, status: 'online', started: true, metrics: given },
        ],
      });
    await say(1, metrics);
    await say(0, { ...metrics, processes: 99 });
    expect((await rowOf(session)).lease.metrics).toEqual(metrics);
    const answer = await harness.call('GET', `/v1/sessions/${session.sessionId}`, {
      key: session.apiKey,
    });
    expect(answer).toMatchObject({ data: { runner: { id: session.runnerId, pid: 4242 } } });
  });

  it('hears which of the folders on its disk belong to no session any more', async () => {
    const session = await newOwnedSession(harness);
    const gone = newId('session');
    const { lost } = await beat(session, { stored: [gone, session.sessionId] });
    expect(lost).toContainEqual({ sessionId: gone, reason: 'deleted' });
    expect(lost).not.toContainEqual(expect.objectContaining({ sessionId: session.sessionId }));
  });

  it('brings the proxy opened, with the assignment; one that does not open is not handed out', async () => {
    const session = await newOwnedSession(harness);
    const proxy = { url: 'http://8.8.8.8:3128', username: 'u', password: 'hunter2' };
    const change = (body: unknown) =>
      harness.call('PATCH', `/v1/sessions/${session.sessionId}`, { key: session.apiKey, body });
    expect(await change({ proxy })).toMatchObject({ status: 200 });
    const listed = [
      { sessionId: session.sessionId, epoch: 1, status: 'online', started: true } as const,
    ];
    expect((await beat(session, { sessions: listed })).lost).toEqual([
      { sessionId: session.sessionId, reason: 'taken' },
    ]);
    const { assigned } = await beat(session);
    expect(assigned).toMatchObject([{ sessionId: session.sessionId, epoch: 2, proxy }]);
    const renewed = await beat(session, {
      sessions: [{ sessionId: session.sessionId, epoch: 2, status: 'online', started: true }],
    });
    expect(JSON.stringify(renewed)).not.toContain('hunter2');

    const { proxySealed } = await rowOf(session);
    const facts = { workspaceId: session.workspaceId, sessionId: newId('session') };
    expect(await openProxy(proxySealed ?? '', facts, harness.services())).toBeNull();
    await harness.db
      .update(harness.schema.sessions)
      .set({ proxySealed: `v9:${proxySealed?.split(':')[1]}` })
      .where(eq(harness.schema.sessions.id, session.sessionId));
    await harness.db
      .update(harness.schema.sessionLeases)
      .set({ bootId: null })
      .where(eq(harness.schema.sessionLeases.sessionId, session.sessionId));
    expect((await beat(session)).assigned).toEqual([]);
    const reason = 'start_failed: its proxy cannot be decrypted';
    expect(await rowOf(session)).toMatchObject({ status: 'reconnecting', reason });
    expect((await beat(session)).assigned).toEqual([]);
    const { events, sessionLog } = harness.schema;
    const ofSession = eq(sessionLog.sessionId, session.sessionId);
    const log = await harness.db.select().from(sessionLog).where(ofSession);
    expect(log.filter((entry) => entry.reason === reason)).toHaveLength(1);
    const told = await harness.db
      .select()
      .from(events)
      .where(eq(events.sessionId, session.sessionId));
    expect(told.filter(({ data }) => data['reason'] === reason)).toHaveLength(1);

    await harness.db
      .update(harness.schema.sessions)
      .set({ proxySealed })
      .where(eq(harness.schema.sessions.id, session.sessionId));
    await pass(session, '11 minutes');
    expect((await beat(session)).assigned).toMatchObject([{ proxy }]);
  });

  it('leaves the place of a session whose proxy does not open to another, until its proxy is changed', async () => {
    const session = await newOwnedSession(harness);
    const { sessionId, workspaceId, apiKey } = session;
    const { sessions, sessionLeases } = harness.schema;
    await harness.db
      .update(sessions)
      .set({ proxySealed: 'v9:AAAA' })
      .where(eq(sessions.id, sessionId));
    await harness.db
      .update(sessionLeases)
      .set({ bootId: null })
      .where(eq(sessionLeases.sessionId, sessionId));
    expect((await beat(session, { maxSessions: 1 })).assigned).toEqual([]);
    expect((await rowOf(session)).lease).toMatchObject({ runnerId: null, leaseUntil: null });
    const other = await harness.newSession({ workspaceId });
    const { assigned } = await beat(session, { maxSessions: 1 });
    expect(assigned.map((each) => each.sessionId)).toEqual([other.id]);

    const proxy = { url: 'http://8.8.8.8:3128' };
    const path = `/v1/sessions/${sessionId}`;
    expect(await harness.call('GET', path, { key: apiKey })).toMatchObject({
      data: { runner: null, reason: 'start_failed: its proxy cannot be decrypted' },
    });
    await harness.call('PATCH', path, { key: apiKey, body: { proxy } });
    expect((await beat(session)).assigned).toContainEqual(
      expect.objectContaining({ sessionId, proxy }),
    );
  });

  it('finds a proxy sealed under the newest master key once the jobs have run', async () => {
    const session = await newOwnedSession(harness);
    const proxy = { url: 'http://8.8.8.8:3128' };
    await harness.call('PATCH', `/v1/sessions/${session.sessionId}`, {
      key: session.apiKey,
      body: { proxy },
    });
    const services = harness.services();
    const newest = { version: 'v2', secret: 'cd'.repeat(32) };
    const withKeys = (keys: typeof services.env.SESSION_ENCRYPTION_KEY) => ({
      ...services,
      env: { ...services.env, SESSION_ENCRYPTION_KEY: keys },
    });
    await runCron(withKeys([newest, ...services.env.SESSION_ENCRYPTION_KEY]));
    const { proxySealed } = await rowOf(session);
    expect(proxySealed).toMatch(/^v2:/);
    expect(await openProxy(proxySealed ?? '', session, withKeys([newest]))).toEqual(proxy);
  });
});

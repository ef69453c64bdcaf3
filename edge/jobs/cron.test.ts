import { asc, eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ingestReports } from '../services/reports/ingest-reports.ts';
import {
  ack,
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  settled,
} from '../services/reports/testing/report-fixtures.ts';
import { expireAsTheyCome } from '../services/messages/expire-queued-messages.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { runCron } from './cron.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const eventsOf = ({ workspaceId }: OwnedSession) => {
  const { events } = harness.schema;
  return harness.db
    .select()
    .from(events)
    .where(eq(events.workspaceId, workspaceId))
    .orderBy(asc(events.seq));
};

const ingest = (session: OwnedSession, ...reports: Parameters<OwnedSession['spool']>[0][]) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: reports.map((report) => session.spool(report)),
  });

describe('a QR code', () => {
  it('is taken out of its event when it has expired, not before', async () => {
    const session = await newOwnedSession(harness);
    const qr = (expiresAt: number) => ({ kind: 'session.qr', qr: 'secret', expiresAt }) as const;
    await ingest(session, qr(Date.now() - 1_000), qr(Date.now() + 60_000));
    await runCron(harness.services());
    const codes = (await harness.opened(eventsOf(session))).map(({ data }) => data['qr']);
    expect(codes).toEqual([null, 'secret']);
  });
});

describe('a queued message past its time', () => {
  const past = new Date(Date.now() - 1_000);
  const loseOwner = ({ sessionId }: OwnedSession) => {
    const { sessionLeases } = harness.schema;
    return harness.db
      .update(sessionLeases)
      .set({ leaseUntil: past })
      .where(eq(sessionLeases.sessionId, sessionId));
  };
  const queued = { status: 'queued', claimEpoch: null } as const;

  it('fails as EXPIRED, once, with its event', async () => {
    const session = await newOwnedSession(harness);
    await newEndpoint(harness, session);
    const first = await newOutbound(harness, session, { ...queued, expiresAt: past, queueSeq: 1 });
    const second = await newOutbound(harness, session, { ...queued, expiresAt: past, queueSeq: 2 });
    const later = new Date(Date.now() + 3_600_000);
    await newOutbound(harness, session, { ...queued, expiresAt: later, queueSeq: 3 });
    await newOutbound(harness, session, { status: 'sending', expiresAt: past, queueSeq: 4 });
    await loseOwner(session);
    await Promise.all([runCron(harness.services()), runCron(harness.services())]);
    await runCron(harness.services());
    expect(await eventsOf(session)).toMatchObject(
      [first, second].map((messageId, index) => ({
        seq: index + 1,
        type: 'message.failed',
        sessionId: session.sessionId,
        data: { messageId, status: 'failed', error: { code: 'EXPIRED' } },
      })),
    );
    const { deliveries, messages } = harness.schema;
    const rows = await harness.db
      .select({ status: messages.status })
      .from(messages)
      .where(eq(messages.workspaceId, session.workspaceId))
      .orderBy(asc(messages.queueSeq));
    expect(rows.map((row) => row.status)).toEqual(['failed', 'failed', 'queued', 'sending']);
    const outbox = eq(deliveries.workspaceId, session.workspaceId);
    expect(await harness.db.$count(deliveries, outbox)).toBe(2);

    // The same failure, reported late by the owner that was, is the same event.
    await ingest(session, settled(first, { outcome: 'failed' }));
    expect(await eventsOf(session)).toHaveLength(2);
  });

  it.each([
    ['reconnects', 'running', 'reconnecting'],
    ['is stopped', 'stopped', 'disconnected'],
  ] as const)('fails while its session %s', async (_name, desired, status) => {
    const session = await newOwnedSession(harness);
    const { sessionLeases, sessions } = harness.schema;
    const { sessionId } = session;
    await harness.db.update(sessions).set({ status }).where(eq(sessions.id, sessionId));
    const lease = eq(sessionLeases.sessionId, sessionId);
    await harness.db.update(sessionLeases).set({ desired }).where(lease);
    const messageId = await newOutbound(harness, session, { ...queued, expiresAt: past });
    await runCron(harness.services());
    expect(await eventsOf(session)).toMatchObject([
      { type: 'message.failed', data: { messageId, error: { code: 'EXPIRED' } } },
    ]);
  });

  it('fails on time between two rounds of the cron', async () => {
    const session = await newOwnedSession(harness);
    const soon = new Date(Date.now() + 1_500);
    const messageId = await newOutbound(harness, session, { ...queued, expiresAt: soon });
    await expireAsTheyCome(harness.services(), 5_000);
    const [event, ...more] = await eventsOf(session);
    expect(more).toEqual([]);
    expect(event?.data).toMatchObject({ messageId, error: { code: 'EXPIRED' } });
    expect(event?.occurredAt.getTime()).toBeGreaterThanOrEqual(soon.getTime());
  });
});

describe('a message that was claimed and never settled', () => {
  const past = new Date(Date.now() - 25 * 3_600_000);

  it('is unknown in the end when its session has no owner, and may rise still', async () => {
    const session = await newOwnedSession(harness);
    const left = await newOutbound(harness, session, { expiresAt: past, queueSeq: 1 });
    const young = new Date(Date.now() - 3_600_000);
    await newOutbound(harness, session, { expiresAt: young, queueSeq: 2 });
    await runCron(harness.services());
    expect(await eventsOf(session)).toEqual([]);

    const { sessionLeases } = harness.schema;
    await harness.db
      .update(sessionLeases)
      .set({ leaseUntil: null, runnerId: null, bootId: null })
      .where(eq(sessionLeases.sessionId, session.sessionId));
    await Promise.all([runCron(harness.services()), runCron(harness.services())]);
    expect(await eventsOf(session)).toMatchObject([
      { type: 'message.unknown', data: { messageId: left, status: 'unknown' } },
    ]);
    await ingest(session, settled(left, { outcome: 'unknown' }), settled(left));
    expect((await eventsOf(session)).map(({ type }) => type)).toEqual([
      'message.unknown',
      'message.sent',
    ]);
  });
});

describe('a message that WhatsApp accepted but did not deliver', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const stalledOf = async ({ workspaceId }: OwnedSession) => {
    const { messages } = harness.schema;
    const rows = await harness.db
      .select()
      .from(messages)
      .where(eq(messages.workspaceId, workspaceId));
    return rows.filter(({ stalledAt }) => stalledAt !== null).map(({ id }) => id);
  };

  it('is reported once, for people only, and not for the distant past', async () => {
    const session = await newOwnedSession(harness);
    await newEndpoint(harness, session, { eventTypes: ['message.stalled'] });
    const sent = { status: 'sent', sentAt: minutesAgo(31) } as const;
    const phone = await newOutbound(harness, session, sent);
    const lid = await newOutbound(harness, session, { ...sent, chatId: '90000@lid' });
    for (const chatId of ['120363000000000001@g.us', '120363000000000002@newsletter'])
      await newOutbound(harness, session, { ...sent, chatId });
    await newOutbound(harness, session, { status: 'sent', sentAt: minutesAgo(29) });
    await newOutbound(harness, session, { status: 'delivered', sentAt: minutesAgo(31) });
    await newOutbound(harness, session, { status: 'sent', sentAt: minutesAgo(4 * 1_440) });
    await Promise.all([runCron(harness.services()), runCron(harness.services())]);
    await runCron(harness.services());
    const told = await eventsOf(session);
    expect(told.map(({ type }) => type)).toEqual(['message.stalled', 'message.stalled']);
    expect(told.map(({ data }) => String(data['messageId'])).toSorted()).toEqual(
      [phone, lid].toSorted(),
    );
    expect(told[0]?.data).toMatchObject({ status: 'sent', sentAt: sent.sentAt.toISOString() });
    expect((await stalledOf(session)).toSorted()).toEqual([phone, lid].toSorted());
    const { deliveries } = harness.schema;
    const outbox = eq(deliveries.workspaceId, session.workspaceId);
    expect(await harness.db.$count(deliveries, outbox)).toBe(2);
  });

  it('is reported after the configured time; a later delivery leaves `stalledAt` as it is', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session, { status: 'sent', sentAt: minutesAgo(6) });
    const services = harness.services();
    await runCron({ ...services, env: { ...services.env, MESSAGE_STALLED_AFTER_MINUTES: 5 } });
    expect(await stalledOf(session)).toEqual([id]);
    const { messages } = harness.schema;
    await harness.db.update(messages).set({ wireId: '3EB0AA' }).where(eq(messages.id, id));
    await ingest(session, ack('3EB0AA', 2));
    const answer = await harness.call('GET', `/v1/messages/${id}`, { key: session.apiKey });
    expect(answer.data).toMatchObject({
      status: 'delivered',
      deliveredAt: expect.any(String),
      stalledAt: expect.any(String),
    });
  });
});

describe('what waits for an endpoint that is off', () => {
  it('is cancelled, however far off it is due', async () => {
    const session = await newOwnedSession(harness);
    const endpointId = await newEndpoint(harness, session);
    await ingest(session, received('X1'));
    const { deliveries, webhookEndpoints } = harness.schema;
    const mine = eq(deliveries.endpointId, endpointId);
    const statusOf = async () =>
      (await harness.db.select().from(deliveries).where(mine))[0]?.status;
    await harness.db
      .update(deliveries)
      .set({ nextAttemptAt: sql`now() + interval '1 day'` })
      .where(mine);
    await runCron(harness.services());
    expect(await statusOf()).toBe('pending');
    await harness.db
      .update(webhookEndpoints)
      .set({ isActive: false })
      .where(eq(webhookEndpoints.id, endpointId));
    await runCron(harness.services());
    expect(await statusOf()).toBe('cancelled');
  });
});

describe('the run', () => {
  it('goes on when a job fails, says which, and is what `scheduled` does', async () => {
    const now = () => {
      throw new Error('no clock');
    };
    await runCron({ ...harness.services(), now });
    expect(harness.lines).toContainEqual(
      expect.objectContaining({ event: 'job', job: 'sweepDeliveries', outcome: 'failed' }),
    );
    await harness.runScheduled();
  });
});

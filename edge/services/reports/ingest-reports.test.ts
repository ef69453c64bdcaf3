import { asc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { SpooledReport } from '../../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ingestReports } from './ingest-reports.ts';
import {
  ack,
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  settled,
  status,
} from './testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ingest = (session: OwnedSession, ...reports: SpooledReport[]) =>
  ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });

const eventsOf = ({ workspaceId }: OwnedSession) =>
  harness.db
    .select()
    .from(harness.schema.events)
    .where(eq(harness.schema.events.workspaceId, workspaceId))
    .orderBy(asc(harness.schema.events.seq));

const typesOf = async (session: OwnedSession) => (await eventsOf(session)).map(({ type }) => type);

const messageOf = async (id: string) => {
  const { messages } = harness.schema;
  const [row] = await harness.db.select().from(messages).where(eq(messages.id, id));
  return row;
};

const sessionKeyOf = async ({ sessionId }: OwnedSession) => {
  const { sessions } = harness.schema;
  const [row] = await harness.db.select().from(sessions).where(eq(sessions.id, sessionId));
  return row?.wireKey ?? '';
};

describe('inbound messages', () => {
  it('writes the message, its event and nothing more', async () => {
    const session = await newOwnedSession(harness);
    expect(await ingest(session, session.spool(received('A1')))).toEqual({
      accepted: 1,
      refused: [],
    });
    const [event, ...others] = await eventsOf(session);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      seq: 1,
      type: 'message.received',
      sessionId: session.sessionId,
      late: false,
      data: {
        wireId: 'A1',
        chatId: '15550100002@c.us',
        from: { id: '15550100002@c.us', lid: '900@lid', name: 'Ada' },
        text: 'hi',
        media: null,
        quotedMessageId: null,
        sentAt: '2026-11-20T00:00:00.000Z',
      },
    });
    expect(await messageOf(String(event?.data['messageId']))).toMatchObject({
      direction: 'inbound',
      fromId: '15550100002@c.us',
      fromLid: '900@lid',
      wireId: 'A1',
      type: 'text',
      content: { text: 'hi', fromName: 'Ada' },
    });
  });

  it('names the message it replies to and its file, and no file of another workspace', async () => {
    const session = await newOwnedSession(harness);
    const stranger = await newOwnedSession(harness);
    const { media } = harness.schema;
    const file = (id: string, workspaceId: string) => ({
      id,
      workspaceId,
      objectKey: `${workspaceId}/x`,
      mimetype: 'image/png',
      sizeBytes: 3,
      sha256: '00',
    });
    const own = `med_${session.sessionId}`;
    const foreign = `med_${stranger.sessionId}`;
    await harness.db
      .insert(media)
      .values([file(own, session.workspaceId), file(foreign, stranger.workspaceId)]);
    const withFile = (mediaId: string) => ({
      type: 'image' as const,
      media: { mimetype: 'image/png', filename: null, sizeBytes: 3, mediaId, error: null },
    });
    await ingest(
      session,
      session.spool(received('B1')),
      session.spool(received('B2', { quotedWireId: 'B1', ...withFile(own) })),
      session.spool(received('B3', withFile(foreign))),
    );
    const [first, second, third] = await eventsOf(session);
    expect(second?.data).toMatchObject({
      quotedMessageId: first?.data['messageId'],
      media: { id: own, mimetype: 'image/png', sizeBytes: 3, error: null },
    });
    expect(third?.data).toMatchObject({ media: { id: null } });
  });

  it('stores text that PostgreSQL could not hold as it came', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(received('C1', { text: 'a\0b\uD800c' })));
    expect((await eventsOf(session))[0]?.data['text']).toBe('ab\uFFFDc');
  });
});

describe('the same fact again', () => {
  it('changes nothing, by whomever and however often it is reported', async () => {
    const session = await newOwnedSession(harness);
    await newEndpoint(harness, session);
    const messageId = await newOutbound(harness, session);
    const reports = [
      received('D1'),
      settled(messageId, { wireId: 'W1' }),
      ack('W1', 1),
      ack('W1', 2),
      { kind: 'message.edited', wireId: 'D1', chatId: 'c', text: 'new', timestamp: 5 } as const,
      { kind: 'message.revoked', wireId: 'D1', chatId: 'c', timestamp: 6 } as const,
      {
        kind: 'message.reaction',
        wireId: 'D1',
        chatId: 'c',
        from: { id: 'x@c.us', lid: null, name: null },
        emoji: '👍',
        timestamp: 7,
      } as const,
    ];
    await ingest(session, ...reports.map((report) => session.spool(report)));
    const once = await eventsOf(session);
    expect(once.map(({ type }) => type)).toEqual([
      'message.received',
      'message.sent',
      'message.delivered',
      'message.edited',
      'message.revoked',
      'message.reaction',
    ]);
    const repeated = reports.map((report) => session.spool(report, { bootId: 'boot-2' }));
    expect((await ingest(session, ...repeated, ...repeated)).accepted).toBe(14);
    expect(await eventsOf(session)).toEqual(once);
    const { deliveries } = harness.schema;
    const outbox = await harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.workspaceId, session.workspaceId));
    expect(outbox).toHaveLength(once.length);
  });

  it('makes one event of 20 parallel reports', async () => {
    const session = await newOwnedSession(harness);
    const from = { id: 'x@c.us', lid: null, name: null };
    const reaction = { kind: 'message.reaction', wireId: 'E1', chatId: 'c', from } as const;
    for (const report of [received('E1'), { ...reaction, emoji: '👍', timestamp: 1 }]) {
      const same = Array.from({ length: 20 }, () => session.spool(report));
      const results = await Promise.all(same.map((spooled) => ingest(session, spooled)));
      expect(results).toEqual(same.map(() => ({ accepted: 1, refused: [] })));
    }
    expect(await typesOf(session)).toEqual(['message.received', 'message.reaction']);
  });
});

describe('outbound messages', () => {
  it('rises only: a late lower ack changes nothing, a skipped level makes no event', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    await ingest(session, session.spool(settled(id, { wireId: 'W2', wireKey: 'k' })));
    await ingest(
      session,
      session.spool(ack('W2', 3)),
      session.spool(ack('W2', 2)),
      session.spool(ack('W2', 0)),
    );
    expect(await typesOf(session)).toEqual(['message.sent', 'message.read']);
    const row = await messageOf(id);
    expect(row).toMatchObject({ status: 'read', wireId: 'W2', playedAt: null });
    expect(row?.deliveredAt).not.toBeNull();
  });

  it('finds a message by its derived wire id when the ack comes before the send is settled', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const wireId = await deriveWireId(await sessionKeyOf(session), id);
    await ingest(session, session.spool(ack(wireId, 2)), session.spool(settled(id)));
    expect(await messageOf(id)).toMatchObject({ status: 'delivered', wireId });
    expect(await typesOf(session)).toEqual(['message.delivered']);
  });

  it('lets unknown rise when proof comes, and says sent once', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const wireId = await deriveWireId(await sessionKeyOf(session), id);
    await ingest(session, session.spool(settled(id, { outcome: 'unknown' })));
    await ingest(session, session.spool(ack(wireId, 1)));
    await ingest(session, session.spool(settled(id, { wireId })));
    expect(await typesOf(session)).toEqual(['message.unknown', 'message.sent']);
    expect(await messageOf(id)).toMatchObject({ status: 'sent' });
  });

  it('fails with its error, and an ack afterwards is proof that it left', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const error = { code: 'RECIPIENT_NOT_ON_WHATSAPP', message: 'no' } as const;
    await ingest(session, session.spool(settled(id, { outcome: 'failed', wireId: 'W3', error })));
    expect((await eventsOf(session))[0]).toMatchObject({
      type: 'message.failed',
      data: { messageId: id, error },
    });
    expect(await messageOf(id)).toMatchObject({ status: 'failed', error });
    await ingest(session, session.spool(ack('W3', 1)));
    expect(await messageOf(id)).toMatchObject({ status: 'sent', error: null, failedAt: null });
  });

  it('goes back into the queue when it was not begun, once for each report', async () => {
    const session = await newOwnedSession(harness, 3);
    const id = await newOutbound(harness, session, { claimEpoch: 2 });
    const report = session.spool(settled(id, { outcome: 'not_begun' }));
    await ingest(session, report);
    expect(await messageOf(id)).toMatchObject({ status: 'queued', claimEpoch: null });
    const { messages } = harness.schema;
    await harness.db
      .update(messages)
      .set({ status: 'sending', statusRank: 1, claimEpoch: 3 })
      .where(eq(messages.id, id));
    await ingest(session, report);
    expect(await messageOf(id)).toMatchObject({ status: 'sending', claimEpoch: 3 });
    await ingest(session, session.spool(settled(id, { outcome: 'not_begun' })));
    expect(await messageOf(id)).toMatchObject({ status: 'queued' });
    expect(await typesOf(session)).toEqual([]);
  });

  it.each(['failed', 'unknown', 'not_begun'] as const)(
    'does not take %s from an owner before the claim',
    async (outcome) => {
      const session = await newOwnedSession(harness, 2);
      const id = await newOutbound(harness, session, { claimEpoch: 2 });
      const report = session.spool(settled(id, { outcome }), { epoch: 1 });
      expect((await ingest(session, report)).accepted).toBe(1);
      expect(await messageOf(id)).toMatchObject({ status: 'sending', claimEpoch: 2 });
    },
  );

  it('does not touch a message of another session', async () => {
    const session = await newOwnedSession(harness);
    const stranger = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    await ingest(stranger, stranger.spool(settled(id, { wireId: 'W4' })));
    expect(await messageOf(id)).toMatchObject({ status: 'sending', wireId: null });
  });
});

describe('a suspended workspace', () => {
  it('has recorded what happens, with deliveries that wait', async () => {
    const session = await newOwnedSession(harness);
    const { workspaces, deliveries } = harness.schema;
    await newEndpoint(harness, session);
    await harness.db
      .update(workspaces)
      .set({ isActive: false })
      .where(eq(workspaces.id, session.workspaceId));
    const id = await newOutbound(harness, session);
    const reports = [received('S1'), settled(id, { wireId: 'S2' }), status({ reason: 'network' })];
    for (const report of reports)
      expect(await ingest(session, session.spool(report))).toMatchObject({ accepted: 1 });
    expect(await typesOf(session)).toEqual(
      expect.arrayContaining(['message.received', 'message.sent']),
    );
    expect(await messageOf(id)).toMatchObject({ status: 'sent', wireId: 'S2' });
    const waiting = await harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.workspaceId, session.workspaceId));
    expect(waiting.length).toBe((await eventsOf(session)).length);
    expect(new Set(waiting.map((row) => row.status))).toEqual(new Set(['pending']));
  });
});

describe('what a runner says of its session', () => {
  it('moves the session, keeps the log and tells subscribers where it came from', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(status({ status: 'reconnecting', reason: 'network' })));
    const report = session.spool(status({ phoneNumber: '+15550100009', lid: '9@lid' }));
    await ingest(session, report);
    await ingest(session, report);
    const { sessions, sessionLog } = harness.schema;
    const [row] = await harness.db
      .select()
      .from(sessions)
      .where(eq(sessions.id, session.sessionId));
    expect(row).toMatchObject({
      status: 'online',
      reason: 'ready',
      phoneNumber: '+15550100009',
      lid: '9@lid',
    });
    const log = await harness.db
      .select()
      .from(sessionLog)
      .where(eq(sessionLog.sessionId, session.sessionId));
    expect(log.map((line) => line.status)).toEqual(['reconnecting', 'online']);
    expect((await eventsOf(session)).map(({ data }) => data)).toMatchObject([
      { from: 'online', status: 'reconnecting', reason: 'network' },
      { from: 'reconnecting', status: 'online', phoneNumber: '+15550100009' },
    ]);
  });

  it('is refused with a stale epoch, while facts of a former owner are taken as late', async () => {
    const session = await newOwnedSession(harness, 2);
    const stale = session.spool(status({ status: 'disconnected' }), { epoch: 1 });
    const qr = session.spool({ kind: 'session.qr', qr: 'x', expiresAt: 1 }, { epoch: 1 });
    const fact = session.spool(received('F1'), { epoch: 1 });
    expect(await ingest(session, stale, qr, fact)).toEqual({
      accepted: 1,
      refused: [stale, qr].map(({ bootId, spoolSeq }) => ({
        bootId,
        spoolSeq,
        reason: 'stale_epoch',
      })),
    });
    expect(await eventsOf(session)).toMatchObject([{ type: 'message.received', late: true }]);
  });

  it('is refused from a runner that does not own it', async () => {
    const session = await newOwnedSession(harness);
    const thief = { ...session, runnerId: 'another' };
    expect((await ingest(thief, session.spool(status()))).refused).toMatchObject([
      { reason: 'stale_epoch' },
    ]);
  });

  it('refuses a session that is not there, and takes the rest', async () => {
    const session = await newOwnedSession(harness);
    const lost = session.spool(received('G1'), { sessionId: 'ses_gone' });
    const result = await ingest(session, lost, session.spool(received('G2')));
    expect(result).toEqual({
      accepted: 1,
      refused: [{ bootId: lost.bootId, spoolSeq: lost.spoolSeq, reason: 'unknown_session' }],
    });
  });

  it('refuses a report that the database rejects, and takes the rest', async () => {
    const session = await newOwnedSession(harness);
    const first = await newOutbound(harness, session);
    const second = await newOutbound(harness, session);
    const clash = session.spool(settled(second, { wireId: 'SAME' }));
    const result = await ingest(
      session,
      session.spool(settled(first, { wireId: 'SAME' })),
      clash,
      session.spool(received('H1')),
    );
    expect(result).toEqual({
      accepted: 2,
      refused: [{ bootId: clash.bootId, spoolSeq: clash.spoolSeq, reason: 'unwritable' }],
    });
    expect(await typesOf(session)).toEqual(['message.sent', 'message.received']);
  });
});

describe('reactions, edits and revocations', () => {
  it('name the message, and the newest edit is what it says, in whatever order they come', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const edit = (text: string, timestamp: number) =>
      ({ kind: 'message.edited', wireId: 'N1', chatId: 'c', text, timestamp }) as const;
    const revoked = { kind: 'message.revoked', wireId: 'N1', chatId: 'c', timestamp: 9 } as const;
    const reports = [settled(id, { wireId: 'N1' }), edit('second', 8), edit('first', 7), revoked];
    await ingest(session, ...reports.map((report) => session.spool(report)));
    expect((await messageOf(id))?.content).toMatchObject({
      type: 'text',
      text: 'second',
      editedAt: 8,
      revokedAt: 9,
    });
    expect((await eventsOf(session)).slice(1)).toMatchObject([
      { type: 'message.edited', data: { messageId: id, wireId: 'N1', text: 'second' } },
      { type: 'message.edited', data: { messageId: id, text: 'first' } },
      { type: 'message.revoked', data: { messageId: id } },
    ]);
  });

  it('are told of messages that were never seen', async () => {
    const session = await newOwnedSession(harness);
    const from = { id: 'x@c.us', lid: null, name: null };
    const reaction = {
      kind: 'message.reaction',
      wireId: 'N2',
      chatId: 'c',
      from,
      timestamp: 1,
    } as const;
    await ingest(session, session.spool({ ...reaction, emoji: '' }));
    expect(await eventsOf(session)).toMatchObject([
      { type: 'message.reaction', data: { messageId: null, from, emoji: '', removed: true } },
    ]);
  });
});

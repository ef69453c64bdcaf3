import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createHarness } from '../../testing/harness.ts';
import {
  newOutbound,
  newOwnedSession,
  received,
  reportWorld,
  settled,
  status,
} from './testing/report-fixtures.ts';

const harness = await createHarness();
const { ingest, eventsOf, typesOf } = reportWorld(harness);

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
    const kind = 'message.settled';
    const cause = '23505 messages_wire';
    expect(harness.lines).toContainEqual(
      expect.objectContaining({ event: 'report_unwritable', kind, cause }),
    );
  });
});

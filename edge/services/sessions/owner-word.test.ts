import { asc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeartbeatRequest, SpooledReport } from '../../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { eraseExpiredCredentials } from '../events/erase-expired-credentials.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newOwnedSession, type OwnedSession, status } from '../reports/testing/report-fixtures.ts';
import { beatOf, sessionRow } from './testing/owner.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const ingest = (session: OwnedSession, ...reports: SpooledReport[]) =>
  ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });

const eventsOf = async ({ sessionId }: OwnedSession) => {
  const { events } = harness.schema;
  const rows = harness.db.select().from(events).where(eq(events.sessionId, sessionId));
  return rows.orderBy(asc(events.seq));
};

const logOf = ({ sessionId }: OwnedSession) => {
  const { sessionLog } = harness.schema;
  return harness.db
    .select()
    .from(sessionLog)
    .where(eq(sessionLog.sessionId, sessionId))
    .orderBy(asc(sessionLog.id));
};

const rowOf = ({ sessionId }: OwnedSession) => sessionRow(harness, sessionId);
const beat = (session: OwnedSession, change?: Partial<HeartbeatRequest>) =>
  beatOf(harness, session, change);

describe('the owner’s word', () => {
  it.each([
    ['passkey_required', 'pairing-code'],
    ['passkey_confirmation_required', 'Confirm it there'],
    ['dismiss_dialog', 'screenshot'],
  ] as const)('on %s, is in row and event until it is done', async (name, advice) => {
    const session = await newOwnedSession(harness);
    const reason = `action_required: ${name}`;
    const asks = status({ status: 'action_required', reason, action: name });
    await ingest(session, session.spool(asks));
    expect(await rowOf(session)).toMatchObject({ status: 'action_required', reason, action: name });
    expect((await eventsOf(session))[0]?.data).toMatchObject({
      status: 'action_required',
      reason,
      action: { action: name, advice: expect.stringContaining(advice) },
    });
    await ingest(session, session.spool(status({ status: 'qr', reason: 'qr' })));
    expect(await rowOf(session)).toMatchObject({ status: 'qr', action: null });
  });

  it('on another number keeps the one before until it is accepted', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(status({ phoneNumber: '15550100001' })));
    const changed = status({
      status: 'action_required',
      reason: 'action_required: number_changed',
      action: 'number_changed',
      phoneNumber: '15550100002',
    });
    await ingest(session, session.spool(changed));
    expect(await rowOf(session)).toMatchObject({
      phoneNumber: '15550100001',
      newPhoneNumber: '15550100002',
    });
    expect((await eventsOf(session)).at(-1)?.data).toMatchObject({
      phoneNumber: '15550100001',
      newPhoneNumber: '15550100002',
    });
  });

  it.each(['logged_out', 'disconnected', 'reconnecting', 'online'] as const)(
    'on another number makes it nobody’s when it says %s',
    async (next) => {
      const session = await newOwnedSession(harness);
      const own = { phoneNumber: '15550100001', lid: '1@lid', displayName: 'Own' };
      await ingest(session, session.spool(status(own)));
      const other = { phoneNumber: '15550100002', lid: '2@lid', displayName: 'Other' };
      const asks = { status: 'action_required', action: 'number_changed' } as const;
      await ingest(session, session.spool(status({ ...asks, ...other })));
      expect(await rowOf(session)).toMatchObject(own);
      await ingest(session, session.spool(status({ status: next, reason: 'why', ...other })));
      expect(await rowOf(session)).toMatchObject({ status: next, ...own });
      expect((await eventsOf(session)).at(-1)?.data).toMatchObject(own);
    },
  );

  it.each(['conflict: opened elsewhere', 'qr_timeout'])(
    'on %s ends the wish to run',
    async (reason) => {
      const session = await newOwnedSession(harness);
      await ingest(session, session.spool(status({ status: 'disconnected', reason })));
      expect(await rowOf(session)).toMatchObject({
        status: 'disconnected',
        lease: { desired: 'stopped' },
      });
      const answer = await beat(session, {
        sessions: [
          { sessionId: session.sessionId, epoch: 1, status: 'disconnected', started: true },
        ],
      });
      expect(answer.lost).toEqual([{ sessionId: session.sessionId, reason: 'stopped' }]);
    },
  );

  it('on other ends leaves the wish as it is', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, session.spool(status({ status: 'logged_out', reason: 'logged_out' })));
    expect((await rowOf(session)).lease.desired).toBe('running');
  });

  it('on a try to reconnect is in log and status, once, and gone when it is online', async () => {
    const session = await newOwnedSession(harness);
    const nextAt = Date.UTC(2026, 10, 21);
    const lost = session.spool(status({ status: 'reconnecting', reason: 'crashed' }));
    const attempt = session.spool({
      kind: 'session.reconnect',
      attempt: 3,
      delayMs: 4_000,
      nextAt,
      reason: 'start_failed: its proxy cannot be used',
    });
    await ingest(session, lost, attempt);
    await ingest(session, attempt);
    expect(await logOf(session)).toMatchObject([
      { status: 'reconnecting', attempt: null },
      {
        status: 'reconnecting',
        attempt: 3,
        delayMs: 4_000,
        reason: 'start_failed: its proxy cannot be used',
      },
    ]);
    expect(await rowOf(session)).toMatchObject({
      reason: 'start_failed: its proxy cannot be used',
      reconnectAttempt: 3,
      reconnectAt: new Date(nextAt),
    });
    expect(await eventsOf(session)).toHaveLength(1);
    await ingest(session, session.spool(status()));
    expect(await rowOf(session)).toMatchObject({ reconnectAttempt: null, reconnectAt: null });
    const stale = session.spool(
      { kind: 'session.reconnect', attempt: 9, delayMs: 1, nextAt, reason: 'late' },
      { epoch: 0 },
    );
    expect((await ingest(session, stale)).refused).toMatchObject([{ reason: 'stale_epoch' }]);
    expect(await logOf(session)).toHaveLength(3);
  });

  it('on an error of its page is in the log, once, and changes nothing else', async () => {
    const session = await newOwnedSession(harness);
    const { status, reason } = await rowOf(session);
    const detail = 't: t (at t.send (app.js:1:2); WhatsApp Web 2.3000.1)';
    const error = { kind: 'session.page_error', where: 'Msg add', detail } as const;
    const second = session.spool({ ...error, count: 2 });
    await ingest(session, session.spool({ ...error, count: 1 }), second);
    await ingest(session, second);
    expect(await logOf(session)).toMatchObject([
      { status, attempt: null, reason: `page_error: Msg add: ${detail}` },
      { status, attempt: null, reason: `page_error: Msg add: ${detail} (2 so far)` },
    ]);
    expect(await rowOf(session)).toMatchObject({ status, reason });
    expect(await eventsOf(session)).toEqual([]);
  });

  it('on another try of a failed session leaves its reason as it is', async () => {
    const session = await newOwnedSession(harness);
    const reason = 'crash_loop: the page did not come up';
    await ingest(
      session,
      session.spool(status({ status: 'failed', reason })),
      session.spool({
        kind: 'session.reconnect',
        attempt: 9,
        delayMs: 600_000,
        nextAt: Date.UTC(2026, 10, 21),
        reason: 'start_failed: again',
      }),
    );
    expect(await rowOf(session)).toMatchObject({ reason, reconnectAttempt: 9 });
  });

  it('on a pairing code is an event, whose code is erased when it expires', async () => {
    const session = await newOwnedSession(harness);
    const shown = (code: string, expiresAt: number) =>
      session.spool({ kind: 'session.pairing_code', code, expiresAt });
    await ingest(session, shown('OLDCODE1', Date.now() - 1_000));
    await ingest(session, shown('NEWCODE1', Date.now() + 60_000));
    await eraseExpiredCredentials(harness.services());
    const events = await harness.opened(eventsOf(session));
    expect(events.map(({ type, data }) => [type, data['code']])).toEqual([
      ['session.pairing_code', null],
      ['session.pairing_code', 'NEWCODE1'],
    ]);
  });
});

describe('one number in two sessions', () => {
  const REASON = 'number_in_two_sessions';
  const online = (session: OwnedSession, phoneNumber: string) =>
    session.spool(status({ phoneNumber }));
  const setMode = (session: OwnedSession, mode: 'live' | 'sandbox') =>
    harness.db
      .update(harness.schema.sessions)
      .set({ mode })
      .where(eq(harness.schema.sessions.id, session.sessionId));
  const reasons = async (session: OwnedSession) =>
    (await eventsOf(session)).map(({ data }) => data['reason']);

  it('is said of both, in both workspaces, once per coming online', async () => {
    const [first, second] = [await newOwnedSession(harness), await newOwnedSession(harness)];
    await setMode(first, 'live');
    await setMode(second, 'live');
    await ingest(first, online(first, '15550107777'));
    expect(await reasons(first)).toEqual(['ready']);
    const report = online(second, '15550107777');
    await ingest(second, report);
    await ingest(second, report);
    expect(await reasons(first)).toEqual(['ready', REASON]);
    expect(await reasons(second)).toEqual(['ready', REASON]);
    expect(JSON.stringify(await eventsOf(first))).not.toContain(second.sessionId);
    expect(await rowOf(first)).toMatchObject({ status: 'online', reason: REASON });
    expect((await logOf(second)).at(-1)).toMatchObject({ status: 'online', reason: REASON });
  });

  it('is nothing between sandboxes of two workspaces, nor when the other one is off', async () => {
    const [first, second] = [await newOwnedSession(harness), await newOwnedSession(harness)];
    await ingest(first, online(first, '15550108888'));
    await ingest(second, online(second, '15550108888'));
    expect(await reasons(second)).toEqual(['ready']);
    await setMode(first, 'live');
    await setMode(second, 'live');
    await ingest(first, first.spool(status({ status: 'disconnected', reason: 'stopped' })));
    await ingest(second, online(second, '15550108888'));
    expect(await reasons(second)).toEqual(['ready', 'ready']);
  });

  it('is reported when both come online at once, without a deadlock', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const session = await newOwnedSession(harness);
        await setMode(session, 'live');
        return session;
      }),
    );
    await Promise.all(pairs.map((session) => ingest(session, online(session, '15550109999'))));
    await Promise.all(pairs.map((session) => ingest(session, online(session, '15550109999'))));
    for (const session of pairs) expect(await reasons(session)).toContain(REASON);
  });
});

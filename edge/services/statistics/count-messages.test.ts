import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { runCron } from '../../jobs/cron.ts';
import { cancelMessage } from '../messages/cancel-message.ts';
import {
  ack,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  reportWorld,
  settled,
} from '../reports/testing/report-fixtures.ts';
import { readStats, type StatsBy, statsStatement } from './read-stats.ts';

let harness: Harness;
let world: ReturnType<typeof reportWorld>;
beforeAll(async () => {
  harness = await createHarness();
  world = reportWorld(harness);
});

const ALWAYS = { from: '2026-01-01', to: '2027-12-31', sessionId: null, type: null };
const NONE = {
  received: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  played: 0,
  failed: 0,
  unknown: 0,
  echoes: 0,
};
const statsOf = ({ ctx }: OwnedSession, by: StatsBy | null = null) => readStats(ctx, ALWAYS, by);

/** The same from the messages themselves. */
async function countedFacts({ workspaceId }: OwnedSession) {
  const { rows } = await harness.db.execute(sql`
    select count(*) filter (where direction = 'inbound') as received,
      count(*) filter (where ours and sent_at is not null) as sent,
      count(*) filter (where ours and delivered_at is not null) as delivered,
      count(*) filter (where ours and read_at is not null) as read,
      count(*) filter (where ours and played_at is not null) as played,
      count(*) filter (where ours and status = 'failed') as failed,
      count(*) filter (where ours and status = 'unknown') as unknown,
      count(*) filter (where written_on is not null) as echoes
    from (select *, direction = 'outbound' and written_on is null as ours from messages) m
    where workspace_id = ${workspaceId}`);
  return z.record(z.string(), z.coerce.number()).parse(rows[0]);
}

describe('the statistics', () => {
  test('agree with the messages, whatever the order and however often facts are reported', async () => {
    const session = await newOwnedSession(harness);
    const key = await world.sessionKeyOf(session);
    const outbound = await Promise.all(
      Array.from({ length: 60 }, (_, n) => newOutbound(harness, session, { queueSeq: n })),
    );
    const wireIds = await Promise.all(outbound.map((id) => deriveWireId(key, id)));
    const reports = outbound.flatMap((id, n) => {
      const wireId = wireIds[n] ?? '';
      const acks = [1, 2, 3, 4].filter((level) => (n >> (level - 1)) % 2 === 1);
      return [
        // An ack may overtake the report that the message was sent.
        ...(n % 3 === 0 ? acks.map((level) => ack(wireId, level)) : []),
        settled(id, {
          outcome: n % 7 === 0 ? 'unknown' : n % 11 === 0 ? 'failed' : 'sent',
          wireId,
        }),
        ...(n % 3 === 0 ? [] : acks.toReversed().map((level) => ack(wireId, level))),
        received(`3A${n}`, { type: n % 2 === 0 ? 'text' : 'image' }),
        ...(n % 5 === 0 ? [received(`3B${n}`, { writtenOn: 'phone' })] : []),
      ];
    });
    const spooled = reports.map((report) => session.spool(report));
    const parts = [spooled.slice(0, 70), spooled.slice(60, 150), spooled.slice(140), spooled];
    await Promise.all(parts.map((part) => world.ingest(session, ...part)));
    await world.ingest(session, ...spooled);
    const [total] = await statsOf(session);
    const facts = await countedFacts(session);
    expect(facts['sent']).toBeGreaterThan(facts['delivered'] ?? 0);
    // What failed or was unknown at first counts there too when it is proved to have left.
    const { failed: _failed, unknown: _unknown, ...exact } = facts;
    expect(total).toMatchObject(exact);
    const events = await world.typesOf(session);
    for (const status of ['failed', 'unknown'] as const)
      expect(total?.[status]).toBe(events.filter((type) => type === `message.${status}`).length);
  });

  test('count a step on its day of UTC, by session and type', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const at = (time: string) => ({ occurredAt: Date.parse(time) });
    await world.ingest(
      session,
      session.spool(settled(id, { wireId: '3EB01' }), at('2026-11-20T23:59:59.999Z')),
      session.spool(ack('3EB01', 3), at('2026-11-21T00:00:00Z')),
      session.spool(
        received('3A1', { type: 'image', timestamp: Date.parse('2026-11-19T12:00:00Z') }),
      ),
    );
    const ofDay = (day: string) => ({ day, sessionId: null, type: null });
    expect(await statsOf(session, 'day')).toEqual([
      { ...NONE, ...ofDay('2026-11-19'), received: 1 },
      { ...NONE, ...ofDay('2026-11-20'), sent: 1 },
      { ...NONE, ...ofDay('2026-11-21'), delivered: 1, read: 1 },
    ]);
    expect(await statsOf(session, 'type')).toMatchObject([
      { type: 'image', received: 1, sent: 0 },
      { type: 'text', received: 0, sent: 1 },
    ]);
    expect(await statsOf(session, 'session')).toMatchObject([{ sessionId: session.sessionId }]);
  });

  test('count what fails without a runner', async () => {
    const session = await newOwnedSession(harness);
    const queued = { status: 'queued', claimEpoch: null } as const;
    const [cancelled] = [
      await newOutbound(harness, session, queued),
      await newOutbound(harness, session, { ...queued, expiresAt: new Date(Date.now() - 1_000) }),
      await newOutbound(harness, session, {
        status: 'sending',
        expiresAt: new Date(Date.now() - 48 * 3600_000),
      }),
    ];
    await cancelMessage({ ctx: session.ctx, input: { id: cancelled } });
    const { sessionLeases } = harness.schema;
    await harness.db
      .update(sessionLeases)
      .set({ leaseUntil: new Date(0) })
      .where(sql`${sessionLeases.sessionId} = ${session.sessionId}`);
    await runCron(harness.services());
    await runCron(harness.services());
    expect(await statsOf(session)).toMatchObject([{ ...NONE, failed: 2, unknown: 1 }]);
  });

  test('stay when their session is deleted', async () => {
    const session = await newOwnedSession(harness);
    await world.ingest(session, session.spool(received('3A1')));
    await harness.db.execute(sql`delete from sessions where id = ${session.sessionId}`);
    expect(await statsOf(session)).toMatchObject([{ received: 1 }]);
  });
});

test('a month of a large workspace is read from an index, whatever the other days are', async () => {
  const { ctx, workspaceId } = await harness.newWorkspace();
  await harness.db.execute(sql`
    insert into message_stats (workspace_id, day, session_id, type, sent)
    select ${workspaceId}, '2024-01-01'::date + d, 's' || s, 'text', 1
    from generate_series(0, 999) d, generate_series(1, 20) s`);
  await harness.db.execute(sql`analyze message_stats`);
  const month = { ...ALWAYS, from: '2026-06-01', to: '2026-06-30' };
  for (const by of ['day', 'session', 'type', null] as const) {
    const { rows } = await harness.db.execute(sql`explain ${statsStatement(ctx, month, by)}`);
    const plan = JSON.stringify(rows);
    expect(plan).toMatch(/Index Cond: .*day >=/);
    expect(plan).not.toContain('Seq Scan');
  }
});

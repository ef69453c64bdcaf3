import { asc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MessageStatus } from '../../../../shared/message-status.ts';
import type { SpooledReport } from '../../../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../../../testing/harness.ts';
import { ingestReports } from '../ingest-reports.ts';
import {
  ack,
  newEndpoint,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  settled,
} from '../testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

type Said =
  | { of: number; ack: number }
  /** `formerly`: by an owner from before the message was claimed. */
  | { of: number; settled: 'sent' | 'failed' | 'unknown'; formerly?: boolean }
  | 'inbound';

const STATUSES: MessageStatus[] = ['sending', 'sending', 'unknown', 'sending'];

/** Says it all of a session of its own, and tells what came of it. */
async function tell(said: readonly Said[], how: 'together' | 'one by one') {
  const session = await newOwnedSession(harness);
  await newEndpoint(harness, session, { isActive: true });
  const ids: string[] = [];
  for (const [index, status] of STATUSES.entries())
    ids.push(await newOutbound(harness, session, { status, queueSeq: index }));
  const reports = said.map((each, index) =>
    session.spool(reportOf(each, index, ids), epochOf(each)),
  );
  const batches = how === 'together' ? [reports] : reports.map((report) => [report]);
  const answers = [];
  for (const batch of batches) answers.push(await ingest(session, batch));
  return outcome(session, ids, answers);
}

const epochOf = (said: Said): Partial<SpooledReport> =>
  said !== 'inbound' && 'formerly' in said ? { epoch: 0 } : {};

function reportOf(said: Said, index: number, ids: readonly string[]): SpooledReport['report'] {
  if (said === 'inbound') return received(`IN${index}`);
  const wireId = `OUT${said.of}`;
  if ('ack' in said) return ack(wireId, said.ack);
  return settled(ids[said.of] ?? '', { outcome: said.settled, wireId, wireKey: `key${index}` });
}

const ingest = (session: OwnedSession, reports: readonly SpooledReport[]) =>
  ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });

async function outcome(
  { workspaceId, sessionId }: OwnedSession,
  ids: readonly string[],
  answers: Awaited<ReturnType<typeof ingest>>[],
) {
  const { db, schema } = harness;
  const { events, messages, deliveries } = schema;
  const rows = await db.select().from(messages).where(eq(messages.sessionId, sessionId));
  const written = await db
    .select()
    .from(events)
    .where(eq(events.workspaceId, workspaceId))
    .orderBy(asc(events.seq));
  const sent = await db.select().from(deliveries).where(eq(deliveries.workspaceId, workspaceId));
  return {
    accepted: answers.reduce((sum, { accepted }) => sum + accepted, 0),
    messages: ids.map((id) => {
      const row = rows.find((each) => each.id === id);
      const { status, statusRank, wireId, wireKey, error } = row ?? {};
      const times = [row?.sentAt, row?.deliveredAt, row?.readAt, row?.playedAt, row?.failedAt];
      return { status, statusRank, wireId, wireKey, error, times };
    }),
    events: written.map(({ seq, type, data, occurredAt, late }) => ({
      seq,
      type,
      of: ids.indexOf(String(data['messageId'])),
      wireId: data['wireId'],
      status: data['status'],
      occurredAt,
      late,
    })),
    deliveries: sent.map(({ eventSeq }) => eventSeq).toSorted((a, b) => a - b),
  };
}

describe('steps of messages in one statement', () => {
  it.each<{ name: string; said: Said[]; events: string[] }>([
    {
      name: 'every level of one message',
      said: [{ of: 0, settled: 'sent' }, ...[1, 2, 3, 4].map((level) => ({ of: 0, ack: level }))],
      events: ['message.sent', 'message.delivered', 'message.read', 'message.played'],
    },
    {
      name: 'levels that are skipped, repeated and late',
      said: [
        { of: 0, settled: 'sent' },
        { of: 0, ack: 3 },
        { of: 0, ack: 2 },
        { of: 0, ack: 3 },
        { of: 0, ack: 1 },
      ],
      events: ['message.sent', 'message.read'],
    },
    {
      name: 'a level below what is reached',
      said: [
        { of: 0, settled: 'sent' },
        { of: 0, ack: 3 },
        { of: 0, ack: 2 },
      ],
      events: ['message.sent', 'message.read'],
    },
    {
      name: 'several messages among each other, one that was unknown, and one of nobody',
      said: [
        { of: 0, settled: 'sent' },
        { of: 1, settled: 'sent' },
        { of: 9, ack: 2 },
        { of: 1, ack: 2 },
        { of: 2, settled: 'sent' },
        { of: 0, ack: 2 },
      ],
      events: [
        'message.sent',
        'message.sent',
        'message.delivered',
        'message.sent',
        'message.delivered',
      ],
    },
    {
      name: 'ends that later proof corrects, and those that it does not',
      said: [
        { of: 0, settled: 'unknown' },
        { of: 0, settled: 'failed' },
        { of: 1, settled: 'unknown' },
        { of: 1, ack: -1 },
        { of: 0, ack: 2 },
        { of: 2, settled: 'unknown' },
        { of: 1, settled: 'unknown' },
        { of: 3, settled: 'failed', formerly: true },
        { of: 3, settled: 'unknown', formerly: true },
        { of: 3, settled: 'sent', formerly: true },
      ],
      events: [
        'message.unknown',
        'message.failed',
        'message.unknown',
        'message.failed',
        'message.delivered',
        'message.sent',
      ],
    },
    {
      name: 'other reports between them keep their place',
      said: [
        { of: 0, settled: 'sent' },
        { of: 0, ack: 2 },
        'inbound',
        { of: 1, settled: 'failed' },
        { of: 0, ack: 3 },
        { of: 1, settled: 'sent' },
      ],
      events: [
        'message.sent',
        'message.delivered',
        'message.received',
        'message.failed',
        'message.read',
        'message.sent',
      ],
    },
  ])('come to the same as one by one: $name', async ({ said, events }) => {
    const together = await tell(said, 'together');
    expect(together.events.map(({ type }) => type)).toEqual(events);
    expect(together.deliveries).toHaveLength(events.length);
    expect(together).toEqual(await tell(said, 'one by one'));
  });

  it('says the same again without another event', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const reports = [settled(id, { wireId: 'A' }), ack('A', 2)].map((each) => session.spool(each));
    await ingest(session, reports);
    const before = await outcome(session, [id], []);
    expect(await ingest(session, reports)).toEqual({ accepted: 2, refused: [] });
    expect(await outcome(session, [id], [])).toEqual(before);
    expect(before.events).toHaveLength(2);
  });
});

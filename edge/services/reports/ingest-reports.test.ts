import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { personOf } from '../../../shared/catalogue/person.ts';
import { createHarness } from '../../testing/harness.ts';
import {
  ack,
  newEndpoint,
  newOutbound,
  newOwnedSession,
  received,
  reportWorld,
  settled,
  status,
} from './testing/report-fixtures.ts';

const harness = await createHarness();
const { ingest, eventsOf, typesOf, messageOf } = reportWorld(harness);

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
        from: personOf({ id: '15550100002@c.us', lid: '900@lid', name: 'Ada' }),
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
      media: {
        id: own,
        status: 'ready',
        url: `${harness.env.BASE_URL}/v1/media/${own}`,
        mimetype: 'image/png',
        sizeBytes: 3,
        error: null,
      },
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
    const d1 = { wireId: 'D1', chatId: 'c', fromMe: false } as const;
    const reports = [
      received('D1'),
      settled(messageId, { wireId: 'W1' }),
      ack('W1', 1),
      ack('W1', 2),
      { kind: 'message.edited', ...d1, text: 'new', timestamp: 5 } as const,
      { kind: 'message.revoked', ...d1, timestamp: 6 } as const,
      {
        kind: 'message.reaction',
        ...d1,
        from: personOf({ id: 'x@c.us' }),
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
    const from = personOf({ id: 'x@c.us' });
    const about = { wireId: 'E1', chatId: 'c', fromMe: false } as const;
    const reaction = { kind: 'message.reaction', ...about, from } as const;
    for (const report of [received('E1'), { ...reaction, emoji: '👍', timestamp: 1 }]) {
      const same = Array.from({ length: 20 }, () => session.spool(report));
      const results = await Promise.all(same.map((spooled) => ingest(session, spooled)));
      expect(results).toEqual(same.map(() => ({ accepted: 1, refused: [] })));
    }
    expect(await typesOf(session)).toEqual(['message.received', 'message.reaction']);
  });
});

describe('somebody whose number becomes known', () => {
  it.each(['message.reaction', 'message.poll_vote'] as const)(
    'makes one event of a %s, however often it is reported',
    async (kind) => {
      const session = await newOwnedSession(harness);
      const about = { wireId: 'K1', chatId: 'c', timestamp: 1, wireSender: '77@lid' };
      const said = { fromMe: false, emoji: '👍', options: ['yes'] };
      const before = personOf({ id: '77@lid' });
      const after = personOf({ id: '15550100077@c.us', lid: '77@lid' });
      for (const from of [before, after])
        await ingest(session, session.spool({ kind, ...about, ...said, from }));
      expect(await typesOf(session)).toEqual([kind]);
    },
  );
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

describe('reactions, edits and revocations', () => {
  it('name the message, and the newest edit is what it says, in whatever order they come', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const about = { wireId: 'N1', chatId: 'c', fromMe: true } as const;
    const edit = (text: string, timestamp: number) =>
      ({ kind: 'message.edited', ...about, text, timestamp }) as const;
    const revoked = { kind: 'message.revoked', ...about, timestamp: 9 } as const;
    const reports = [settled(id, { wireId: 'N1' }), edit('second', 8), edit('first', 7), revoked];
    await ingest(session, ...reports.map((report) => session.spool(report)));
    expect(await messageOf(id)).toMatchObject({
      content: { type: 'text', text: 'second' },
      editedAt: new Date(8),
      revokedAt: new Date(9),
    });
    expect((await eventsOf(session)).slice(1)).toMatchObject([
      { type: 'message.edited', data: { messageId: id, wireId: 'N1', text: 'second' } },
      { type: 'message.edited', data: { messageId: id, text: 'first' } },
      { type: 'message.revoked', data: { messageId: id } },
    ]);
  });

  it('of one person are one, the newest, in whatever order they come', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session, { status: 'sent', wireId: 'N3' });
    const [ada, bob] = [personOf({ id: 'ada@c.us', lid: '9@lid' }), personOf({ id: 'bob@c.us' })];
    const adaHidden = { ...ada, id: '9@lid' };
    const react = (from: typeof ada, emoji: string, timestamp: number) => ({
      ...({ kind: 'message.reaction', wireId: 'N3', chatId: 'c', fromMe: false } as const),
      from,
      emoji,
      timestamp,
    });
    const kept = async (...reports: ReturnType<typeof react>[]) => {
      await ingest(session, ...reports.map((report) => session.spool(report)));
      return (await messageOf(id))?.reactions.map(({ from, emoji }) => [from.id, emoji]);
    };
    expect(await kept(react(ada, '👍', 1), react(bob, '🙏', 2))).toEqual([
      [ada.id, '👍'],
      [bob.id, '🙏'],
    ]);
    expect(await kept(react(adaHidden, '🎉', 5), react(ada, '👎', 4))).toEqual([
      [bob.id, '🙏'],
      [ada.id, '🎉'],
    ]);
    expect(await kept(react(bob, '', 7), react(bob, '👎', 6))).toEqual([
      [ada.id, '🎉'],
      [bob.id, ''],
    ]);
  });

  it('are told of messages that were never seen', async () => {
    const session = await newOwnedSession(harness);
    const from = personOf({ id: 'x@c.us' });
    const reaction = {
      kind: 'message.reaction',
      wireId: 'N2',
      chatId: 'c',
      fromMe: false,
      from,
      timestamp: 1,
    } as const;
    await ingest(session, session.spool({ ...reaction, emoji: '' }));
    expect(await eventsOf(session)).toMatchObject([
      { type: 'message.reaction', data: { messageId: null, from, emoji: '', removed: true } },
    ]);
  });
});

import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { createHarness } from '../../testing/harness.ts';
import {
  ack,
  newOutbound,
  newOwnedSession,
  reportWorld,
  settled,
} from './testing/report-fixtures.ts';

const harness = await createHarness();
const { ingest, eventsOf, typesOf, messageOf, sessionKeyOf } = reportWorld(harness);

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

  it.each([
    ['5511987654321@c.us', '551187654321@c.us'],
    ['525512345678@c.us', '5215512345678@c.us'],
  ])(
    'to %s belongs to the chat of the account that WhatsApp found, %s',
    async (sentTo, account) => {
      const session = await newOwnedSession(harness);
      const id = await newOutbound(harness, session, { chatId: sentTo });
      await ingest(session, session.spool(settled(id, { wireId: 'W7' })));
      await ingest(session, session.spool({ ...ack('W7', 2), chatId: account }));
      expect(await messageOf(id)).toMatchObject({ status: 'delivered', chatId: account });
      expect((await eventsOf(session)).map(({ data }) => data)).toMatchObject([
        { chatId: sentTo },
        { chatId: account },
      ]);
      const other = await newOutbound(harness, session);
      await ingest(session, session.spool(settled(other, { wireId: 'W8' })));
      await ingest(session, session.spool({ ...ack('W8', 2), chatId: '15550100009@c.us' }));
      expect(await messageOf(other)).toMatchObject({ chatId: '15550100001@c.us' });
    },
  );

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

  it('fails with the reason that its ack gives, and without one as MESSAGE_FAILED', async () => {
    const session = await newOwnedSession(harness);
    const error = { code: 'NEW_CHATS_LIMITED', message: 'not until tomorrow' } as const;
    const [limited, refused] = [
      await newOutbound(harness, session, { wireId: 'W10' }),
      await newOutbound(harness, session, { wireId: 'W11' }),
    ];
    await ingest(session, session.spool({ ...ack('W10', -1), error }));
    await ingest(session, session.spool(ack('W11', -1)));
    expect(await messageOf(limited)).toMatchObject({ status: 'failed', error });
    expect(await messageOf(refused)).toMatchObject({ error: { code: 'MESSAGE_FAILED' } });
    expect((await eventsOf(session))[0]).toMatchObject({ type: 'message.failed', data: { error } });
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

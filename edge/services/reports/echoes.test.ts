import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../shared/protocol/index.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { runCron } from '../../jobs/cron.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ingestReports } from './ingest-reports.ts';
import {
  ack,
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
  settled,
} from './testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const report = (session: OwnedSession, ...reports: Report[]) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: reports.map((each) => session.spool(each)),
  });
const echo = (wireId: string) =>
  received(wireId, { writtenOn: 'phone', wireKey: `true_15550100002@c.us_${wireId}` });

const messagesOf = ({ sessionId }: OwnedSession) => {
  const { messages } = harness.schema;
  return harness.opened(
    harness.db.select().from(messages).where(eq(messages.sessionId, sessionId)),
  );
};
const eventsOf = ({ sessionId }: OwnedSession) => {
  const { events } = harness.schema;
  return harness.opened(harness.db.select().from(events).where(eq(events.sessionId, sessionId)));
};

describe('what was written on the phone', () => {
  it('is an outbound message on the record, with one event however often it is reported', async () => {
    const session = await newOwnedSession(harness);
    await report(session, echo('3A01'), echo('3A01'));
    await report(session, echo('3A01'));
    const [message, ...others] = await messagesOf(session);
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      direction: 'outbound',
      writtenOn: 'phone',
      status: 'sent',
      chatId: '15550100002@c.us',
      fromId: null,
      wireId: '3A01',
      content: { text: 'hi' },
    });
    expect(await eventsOf(session)).toMatchObject([
      { type: 'message.echo', data: { messageId: message?.id, writtenOn: 'phone', text: 'hi' } },
    ]);
  });

  it('moves on as it is acknowledged, without events, and is never called stalled', async () => {
    const session = await newOwnedSession(harness);
    await report(session, echo('3A02'));
    await runCron(harness.services());
    await report(session, ack('3A02', 2), ack('3A02', 3));
    expect(await messagesOf(session)).toMatchObject([{ status: 'read', stalledAt: null }]);
    expect((await eventsOf(session)).map(({ type }) => type)).toEqual(['message.echo']);
  });
});

describe('a message of ours that a runner finds in the history', () => {
  it('is no echo once it is sent', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    await report(session, settled(id, { wireId: '3EB001' }), echo('3EB001'));
    expect(await messagesOf(session)).toMatchObject([{ id, writtenOn: null }]);
    expect((await eventsOf(session)).map(({ type }) => type)).toEqual(['message.sent']);
  });

  it('is none while its send is not settled either', async () => {
    const session = await newOwnedSession(harness);
    const id = await newOutbound(harness, session);
    const { sessions } = harness.schema;
    const [row] = await harness.db
      .select()
      .from(sessions)
      .where(eq(sessions.id, session.sessionId));
    const wireId = await deriveWireId(row?.wireKey ?? '', id);
    expect(await report(session, echo(wireId))).toMatchObject({ accepted: 1, refused: [] });
    await report(session, settled(id, { wireId }));
    expect(await messagesOf(session)).toMatchObject([{ id, status: 'sent', writtenOn: null }]);
    expect((await eventsOf(session)).map(({ type }) => type)).toEqual(['message.sent']);
  });
});

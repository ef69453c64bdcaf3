import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALL_EVENTS } from '../../../shared/catalogue/events/calls.ts';
import type { Report } from '../../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newOwnedSession, type OwnedSession, reportWorld } from './testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const { example } = CALL_EVENTS['call.received'];

const call = (change: Partial<typeof example> = {}): Report => ({
  kind: 'relayed',
  key: example.callId,
  event: { type: 'call.received', data: { ...example, ...change } },
  timestamp: Date.UTC(2026, 10, 20),
});

async function withText(): Promise<OwnedSession> {
  const session = await newOwnedSession(harness, 2);
  const body = { rejectCallText: 'Please write to us.' };
  await harness.call('PATCH', `/v1/sessions/${session.sessionId}`, { key: session.apiKey, body });
  return session;
}

const queued = ({ sessionId }: OwnedSession) => {
  const { messages } = harness.schema;
  return harness.opened(
    harness.db.select().from(messages).where(eq(messages.sessionId, sessionId)),
  );
};

describe('a call that was rejected', () => {
  it('is answered with the session’s text, once', async () => {
    const session = await withText();
    const { ingest } = reportWorld(harness);
    const report = session.spool(call({ rejected: true }));
    await ingest(session, report);
    await ingest(session, report, session.spool(call({ rejected: true })));
    const [message, ...others] = await queued(session);
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      direction: 'outbound',
      chatId: example.from.id,
      type: 'text',
      content: { type: 'text', text: 'Please write to us.', linkPreview: true },
      status: 'queued',
      queueSeq: 1,
    });
    const shown = await harness.call('GET', `/v1/messages/${message?.id}`, { key: session.apiKey });
    expect(shown).toMatchObject({ data: { id: message?.id, status: 'queued' } });
  });

  it.each([
    ['that rang', {}, {}],
    ['to a group', { rejected: true, isGroup: true }, {}],
    ['that became known late', { rejected: true }, { epoch: 1 }],
  ] as const)('but not one %s', async (_what, change, spooled) => {
    const session = await withText();
    await reportWorld(harness).ingest(session, session.spool(call(change), spooled));
    expect(await queued(session)).toEqual([]);
    expect(await reportWorld(harness).typesOf(session)).toEqual(['call.received']);
  });

  it('without a text is not answered', async () => {
    const session = await newOwnedSession(harness);
    await reportWorld(harness).ingest(session, session.spool(call({ rejected: true })));
    expect(await queued(session)).toEqual([]);
  });
});

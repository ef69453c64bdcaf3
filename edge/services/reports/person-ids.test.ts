import { asc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../../shared/catalogue/person.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ingestReports } from './ingest-reports.ts';
import { newOwnedSession, type OwnedSession, received } from './testing/report-fixtures.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const PHONE = '15550107070@c.us';
const LID = '987654321@lid';

/** A message as the runner reports it when the page knows this much of its sender. */
const from = (wireId: string, id: string, lid: string | null, chatId = id) =>
  received(wireId, {
    chatId,
    from: personOf({ id, lid, name: 'Ada' }),
    isGroup: chatId.endsWith('@g.us'),
  });

const ingest = (session: OwnedSession, ...reports: Parameters<OwnedSession['spool']>[0][]) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: reports.map((report) => session.spool(report)),
  });

/** What events say of each message, in their order: its chat and its sender. */
async function told({ workspaceId }: OwnedSession) {
  const { events } = harness.schema;
  const rows = await harness.db
    .select({ type: events.type, data: events.data })
    .from(events)
    .where(eq(events.workspaceId, workspaceId))
    .orderBy(asc(events.seq));
  return rows.map(({ type, data }) => ({ type, chatId: data['chatId'], from: data['from'] }));
}

const says = (chatId: string, id: string, lid: string | null) => ({
  chatId,
  from: personOf({ id, lid, name: 'Ada' }),
});

async function listed(session: OwnedSession) {
  const { data } = await harness.call('GET', '/v1/messages', { key: session.apiKey });
  const rows = data as { chatId: string; from: { id: string; lid: string | null } | null }[];
  return rows.toReversed().map(({ chatId, from: sender }) => ({ chatId, from: sender }));
}

const send = (session: OwnedSession, to: string) =>
  harness.call('POST', '/v1/messages/text', {
    key: session.apiKey,
    body: { sessionId: session.sessionId, to, text: 'An answer' },
  });

describe('a LID that appears for a person known by phone number', () => {
  it('changes no chat id; both ids are carried from then on, whichever one the page knows', async () => {
    const session = await newOwnedSession(harness);
    // One by one: what one batch brings has one time, and is listed in any order.
    for (const message of [
      from('A1', PHONE, null),
      from('A2', PHONE, LID),
      from('A3', LID, LID),
      from('A4', PHONE, null),
    ])
      await ingest(session, message);
    expect(await told(session)).toMatchObject([
      says(PHONE, PHONE, null),
      says(PHONE, PHONE, LID),
      says(PHONE, PHONE, LID),
      says(PHONE, PHONE, LID),
    ]);
    expect(await listed(session)).toEqual([
      { chatId: PHONE, from: personOf({ id: PHONE, name: 'Ada' }) },
      ...Array.from({ length: 3 }, () => ({
        chatId: PHONE,
        from: personOf({ id: PHONE, lid: LID, name: 'Ada' }),
      })),
    ]);
  });

  it('is one chat for answers, by either id and by reply', async () => {
    const session = await newOwnedSession(harness);
    for (const message of [from('B1', PHONE, null), from('B2', LID, LID), from('B3', PHONE, LID)])
      await ingest(session, message);
    const chatIds = [await send(session, '+15550107070'), await send(session, LID)].map(
      ({ data }) => (data as { chatId: string }).chatId,
    );
    // B2 came before anybody could know whose LID it is: its chat keeps that name, and is the one from then on.
    expect(chatIds).toEqual([LID, LID]);
    expect((await told(session)).map(({ chatId }) => chatId)).toEqual([PHONE, LID, LID]);
    const { data } = await harness.call('GET', '/v1/messages?direction=inbound', {
      key: session.apiKey,
    });
    const [, , first] = data as { id: string }[];
    const reply = await harness.call('POST', `/v1/messages/${first?.id}/reply`, {
      key: session.apiKey,
      body: { text: 'still there' },
    });
    expect(reply).toMatchObject({ status: 202, data: { chatId: LID } });
  });
});

describe('a person known by LID whose number appears', () => {
  it('keeps the chat, and is told with the number too', async () => {
    const session = await newOwnedSession(harness);
    await ingest(session, from('C1', LID, LID), from('C2', PHONE, LID), from('C3', LID, LID));
    expect(await told(session)).toMatchObject([
      says(LID, LID, LID),
      says(LID, PHONE, LID),
      says(LID, PHONE, LID),
    ]);
    expect(await send(session, '15550107070')).toMatchObject({ data: { chatId: LID } });
  });

  it('is recognised by what a group taught', async () => {
    const session = await newOwnedSession(harness);
    const group = '120363000000000001@g.us';
    await ingest(session, from('D1', PHONE, LID, group), from('D2', LID, LID));
    expect(await told(session)).toMatchObject([says(group, PHONE, LID), says(PHONE, PHONE, LID)]);
  });

  it('is another person in another session', async () => {
    const session = await newOwnedSession(harness);
    const other = await newOwnedSession(harness);
    await ingest(session, from('E1', PHONE, LID));
    await ingest(other, from('E2', LID, LID));
    expect(await told(other)).toMatchObject([says(LID, LID, LID)]);
  });
});

describe('somebody with a username and no number', () => {
  const uma = { id: LID, lid: LID, phone: null, username: 'uma.u', name: 'Uma' };

  it('is known by it from then on, in events, messages, reactions, leads and opt-outs', async () => {
    const session = await newOwnedSession(harness);
    const key = session.apiKey;
    await harness.call('PATCH', '/v1/workspace', { key, body: { captureLeads: true } });
    const note = { wireId: 'G1', chatId: LID, fromMe: false } as const;
    await ingest(
      session,
      received('G1', { chatId: LID, from: uma }),
      { kind: 'message.reaction', ...note, from: personOf({ id: LID }), emoji: '👍', timestamp: 5 },
      {
        kind: 'message.poll_vote',
        ...note,
        from: personOf({ id: LID }),
        options: [],
        timestamp: 6,
      },
    );
    expect((await told(session)).map(({ from }) => from)).toEqual([uma, uma, uma]);
    const { data: messages } = await harness.call('GET', '/v1/messages', { key });
    expect(messages).toMatchObject([{ from: uma, reactions: [{ from: uma }] }]);
    const { data: leads } = await harness.call('GET', '/v1/leads', { key });
    expect(leads).toMatchObject([{ person: uma }]);
    const made = await harness.call('POST', '/v1/opt-outs', { key, body: { person: LID } });
    expect(made.data).toMatchObject({ person: uma });

    await ingest(session, received('G2', { chatId: LID, from: { ...uma, username: 'uma.v' } }));
    const { data: renamed } = await harness.call('GET', '/v1/opt-outs', { key });
    expect(renamed).toMatchObject([{ person: { ...uma, username: 'uma.v' } }]);
  });
});

describe('what is said of a message later', () => {
  it('names its chat as the message does, and both ids of who reacts', async () => {
    const session = await newOwnedSession(harness);
    const note = { wireId: 'F1', chatId: LID, fromMe: false, timestamp: 5 } as const;
    await ingest(
      session,
      from('F1', PHONE, LID),
      { kind: 'message.edited', ...note, text: 'new' },
      {
        kind: 'message.reaction',
        ...note,
        from: personOf({ id: LID, lid: LID, name: 'Ada' }),
        emoji: '👍',
      },
      { kind: 'message.revoked', ...note, wireId: 'unknown' },
    );
    expect(await told(session)).toMatchObject([
      says(PHONE, PHONE, LID),
      { type: 'message.edited', chatId: PHONE },
      { type: 'message.reaction', ...says(PHONE, PHONE, LID) },
      { type: 'message.revoked', chatId: PHONE },
    ]);
  });
});

it('a person who changed the number keeps the LID, and is written to at the new one', async () => {
  const session = await newOwnedSession(harness);
  const moved = '15550108080@c.us';
  await ingest(session, from('G1', PHONE, LID), from('G2', moved, LID), from('G3', LID, LID));
  expect((await told(session)).map(({ chatId }) => chatId)).toEqual([PHONE, moved, moved]);
});

it('a group keeps its id whatever it is called', async () => {
  const session = await newOwnedSession(harness);
  const group = '120363000000000002@g.us';
  await ingest(session, from('H1', PHONE, LID, group), from('H2', PHONE, LID, group));
  expect((await told(session)).map(({ chatId }) => chatId)).toEqual([group, group]);
  expect(await send(session, group)).toMatchObject({ data: { chatId: group } });
});

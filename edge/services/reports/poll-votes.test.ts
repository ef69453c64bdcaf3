import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '../../../shared/catalogue/person.ts';
import type { Report } from '../../../shared/protocol/index.ts';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { ingestReports } from './ingest-reports.ts';
import {
  newOutbound,
  newOwnedSession,
  type OwnedSession,
  received,
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

const POLL = { name: 'Tea?', options: ['yes', 'no', 'later'], allowMultiple: true };
const WIRE_ID = '3EB0C431C26A1916E07A5D';

/** What the event says that somebody voted for. */
async function votedFor(session: OwnedSession, options: (string | number)[]): Promise<unknown> {
  const from = personOf({ id: '15550100002@c.us' });
  const about = { wireId: WIRE_ID, chatId: from.id, from, timestamp: Date.UTC(2026, 10, 20) };
  await report(session, { kind: 'message.poll_vote', ...about, options });
  const { events } = harness.schema;
  const rows = await harness.opened(
    harness.db.select().from(events).where(eq(events.sessionId, session.sessionId)),
  );
  return rows.find(({ type }) => type === 'message.poll_vote')?.data['options'];
}

const POLLS: [whose: string, make: (session: OwnedSession) => Promise<unknown>][] = [
  [
    'of ours',
    async (session) => {
      const id = await newOutbound(harness, session, { status: 'sent', wireId: WIRE_ID });
      const { messages } = harness.schema;
      const content = { type: 'poll', ...POLL };
      await harness.db.update(messages).set({ content }).where(eq(messages.id, id));
    },
  ],
  [
    'of theirs',
    (session) => report(session, received(WIRE_ID, { type: 'poll', text: null, poll: POLL })),
  ],
];

describe.each(POLLS)('a vote in a poll %s that the page has lost', (_whose, make) => {
  it.each([
    [
      [2, 0],
      ['later', 'yes'],
    ],
    [
      ['no', 1],
      ['no', 'no'],
    ],
    [[7], ['#8']],
    [[], []],
  ])('for %j is for %j', async (options, texts) => {
    const session = await newOwnedSession(harness);
    await make(session);
    expect(await votedFor(session, options)).toEqual(texts);
  });
});

it('a vote in a poll that nobody knows is for numbers', async () => {
  expect(await votedFor(await newOwnedSession(harness), [0, 1])).toEqual(['#1', '#2']);
});

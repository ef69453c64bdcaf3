import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Report } from '../../../shared/protocol/index.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import { createIsolateState, createServices } from '../../compose.ts';
import { createHarness } from '../../testing/harness.ts';
import { ingestReports } from './ingest-reports.ts';
import {
  ack,
  newOutbound,
  newOwnedSession,
  received,
  reportWorld,
  settled,
} from './testing/report-fixtures.ts';

const harness = await createHarness();
const { messageOf, sessionKeyOf } = reportWorld(harness);

/** One isolate with a counter before its database. */
async function setUp() {
  const session = await newOwnedSession(harness);
  const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin);
  const isolate = createIsolateState(() => undefined);
  const env = { ...harness.env, DATABASE_HTTP_URL: `${database.url}/sql` };
  const clock = { now: Date.now() };
  const report = async (...reports: Report[]) => {
    const before = (await database.calls()).length;
    const { refused } = await ingestReports({
      services: createServices({ env, isolate, waitUntil: () => undefined, now: () => clock.now }),
      runnerId: session.runnerId,
      reports: reports.map((each) => session.spool(each)),
    });
    return { calls: (await database.calls()).length - before, refused };
  };
  return { session, report, clock };
}

test('a session is looked up once: afterwards a batch of reports is one call', async () => {
  const { session, report } = await setUp();
  const id = await newOutbound(harness, session);
  const wireId = await deriveWireId(await sessionKeyOf(session), id);
  expect(await report(received('A1'))).toEqual({ calls: 2, refused: [] });
  expect(await report(received('A2'))).toEqual({ calls: 1, refused: [] });
  const named = { ...ack(wireId, 2), messageId: id };
  expect(await report(named, settled(id))).toEqual({ calls: 1, refused: [] });
  expect(await messageOf(id)).toMatchObject({ status: 'delivered', wireId });
});

test('an ack that names no message is looked up every time', async () => {
  const { session, report } = await setUp();
  await report(received('A1'));
  const id = await newOutbound(harness, session);
  const wireId = await deriveWireId(await sessionKeyOf(session), id);
  expect(await report(ack(wireId, 2))).toEqual({ calls: 2, refused: [] });
  expect(await messageOf(id)).toMatchObject({ status: 'delivered' });
});

test('reports of a session that was deleted since are refused', async () => {
  const { session, report } = await setUp();
  await report(received('A1'));
  const { sessions } = harness.schema;
  await harness.db.delete(sessions).where(eq(sessions.id, session.sessionId));
  const { calls, refused } = await report(received('A2'));
  expect(calls).toBe(1);
  expect(refused).toMatchObject([{ reason: 'unknown_session' }]);
});

test('an ack reaches no message of another session, whatever id it names', async () => {
  const { report } = await setUp();
  const stranger = await newOwnedSession(harness);
  const id = await newOutbound(harness, stranger);
  await report({ ...ack('3EB0AA', 3), messageId: id });
  expect(await messageOf(id)).toMatchObject({ status: 'sending', wireId: null });
});

test('that a session is active is written once a minute', async () => {
  const { session, report, clock } = await setUp();
  const { sessions } = harness.schema;
  const isIt = eq(sessions.id, session.sessionId);
  const activeAt = async () =>
    (await harness.db.select().from(sessions).where(isIt))[0]?.lastActiveAt;
  await report(received('A1'));
  expect(await activeAt()).toBeInstanceOf(Date);
  await harness.db.update(sessions).set({ lastActiveAt: null }).where(isIt);
  await report(received('A2'));
  expect(await activeAt()).toBeNull();
  clock.now += 61_000;
  await report(received('A3'));
  expect(await activeAt()).toBeInstanceOf(Date);
});

import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIsolateState, createServices } from '../../compose.ts';
import { createHarness, type Harness, type LogLine } from '../../testing/harness.ts';
import { newInbox, qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newEndpoint, newOwnedSession, received } from '../reports/testing/report-fixtures.ts';
import { deliverSoon } from './deliver-soon.ts';

let harness: Harness;
beforeAll(async () => {
  // QStash calls the receiver in the Worker's place, so that a test sees what was published.
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

/** One batch of a runner's reports, and all that goes on after its answer. */
async function report(
  session: Awaited<ReturnType<typeof newOwnedSession>>,
  count: number,
  databaseUrl = harness.env.DATABASE_HTTP_URL,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const after: Promise<unknown>[] = [];
  const services = createServices({
    env: { ...harness.env, DATABASE_HTTP_URL: databaseUrl },
    isolate: createIsolateState((line) => void lines.push(line)),
    waitUntil: (work) => void after.push(work),
  });
  await ingestReports({
    services,
    runnerId: session.runnerId,
    reports: Array.from({ length: count }, () => session.spool(received(crypto.randomUUID()))),
    handOver: (bells) => deliverSoon(services, bells),
  });
  for (const work of after) await work;
  return lines;
}

async function subscribed(changes: Parameters<typeof newEndpoint>[2] = {}) {
  const session = await newOwnedSession(harness);
  const inbox = newInbox();
  const endpointId = await newEndpoint(harness, session, { url: inbox.url, ...changes });
  const rows = () => {
    const { deliveries } = harness.schema;
    return harness.db.select().from(deliveries).where(eq(deliveries.endpointId, endpointId));
  };
  return { session, inbox, endpointId, rows };
}

describe('what a report makes', () => {
  it('is sent without a call of QStash when it is little', async () => {
    const { session, inbox, endpointId, rows } = await subscribed();
    await report(session, 4);
    expect(await inbox.received()).toHaveLength(4);
    const all = await rows();
    expect(all.map(({ status, attemptNo }) => [status, attemptNo])).toEqual(
      Array.from({ length: 4 }, () => ['delivered', 1]),
    );
    // Rings for this endpoint come in order: a call for these four would be the first.
    await report(session, 5);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
  });

  it('keeps its order for an endpoint that wants one', async () => {
    const { session, inbox } = await subscribed({ fifo: true });
    await report(session, 4);
    const seqs = (await inbox.received()).map(({ body }) => JSON.parse(body).seq);
    expect(seqs).toEqual([1, 2, 3, 4]);
  });

  it('is left to QStash when it is much', async () => {
    const { session, inbox, endpointId } = await subscribed();
    await report(session, 5);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    expect(await inbox.received()).toEqual([]);
  });

  it('is left to QStash for an endpoint that let the last attempt time out', async () => {
    const { session, inbox, endpointId } = await subscribed({ timeouts: 1 });
    await report(session, 1);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    expect(await inbox.received()).toEqual([]);
  });

  it('is tried again by QStash when the endpoint refuses it', async () => {
    const { session, inbox, endpointId, rows } = await subscribed();
    await inbox.script({ status: 500 });
    await report(session, 1);
    expect(await rows()).toMatchObject([{ status: 'pending', attemptNo: 1, lastStatusCode: 500 }]);
    expect(await qstashCallsFor(endpointId, 1)).toMatchObject([
      { endpointId, notBefore: expect.any(Number) },
    ]);
  });

  it('is left to QStash when it cannot be claimed', async () => {
    const { session, inbox, endpointId } = await subscribed();
    const database = await harness.tap(new URL(harness.env.DATABASE_HTTP_URL ?? '').origin, {
      loseAnswersTo: 'for update of d skip locked',
    });
    const lines = await report(session, 1, `${database.url}/sql`);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'delivery_put_off' }));
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    expect(await inbox.received()).toEqual([]);
  });
});

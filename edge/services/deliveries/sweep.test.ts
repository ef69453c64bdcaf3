import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newEndpoint, newOwnedSession, received } from '../reports/testing/report-fixtures.ts';
import { sweepDeliveries } from './sweep.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

/** Deliveries of this many events to one endpoint, each published once. */
async function newDeliveries(events: number, fifo = false): Promise<string[]> {
  const session = await newOwnedSession(harness);
  const endpointId = await newEndpoint(harness, session, { fifo });
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: Array.from({ length: events }, (_, index) => session.spool(received(`S${index}`))),
  });
  const { deliveries } = harness.schema;
  const rows = await harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.endpointId, endpointId))
    .orderBy(deliveries.eventSeq);
  return rows.map(({ id }) => id);
}

const set = (ids: string[], change: ReturnType<typeof sql>) =>
  harness.db.execute(
    sql`update deliveries set ${change} where id = any(${sql.param(ids)}::text[])`,
  );

describe('the sweeper', () => {
  it('publishes what is overdue anew, and of a FIFO endpoint the first only; not what is in work or due later', async () => {
    const [overdue = '', fresh = '', inWork = '', died = ''] = await newDeliveries(4);
    const [first = '', second = ''] = await newDeliveries(2, true);
    for (const id of [overdue, fresh, inWork, died, first, second]) await qstashCallsFor(id, 1);
    await set(
      [overdue, inWork, died, first, second],
      sql`next_attempt_at = now() - interval '61 seconds'`,
    );
    await set([inWork], sql`claimed_until = now() + interval '30 seconds'`);
    await set([died], sql`claimed_until = now() - interval '1 second'`);

    expect(await sweepDeliveries(harness.services())).toBe(3);
    for (const id of [overdue, died, first])
      expect(await qstashCallsFor(id, 2)).toEqual([
        { deliveryId: id, attemptNo: 1 },
        { deliveryId: id, attemptNo: 1 },
      ]);
  });

  it('leaves a suspended workspace’s for its return', async () => {
    const other = await createHarness({ BASE_URL: receiverUrl() });
    const session = await newOwnedSession(other);
    await newEndpoint(other, session);
    await ingestReports({
      services: other.services(),
      runnerId: session.runnerId,
      reports: [session.spool(received('W1'))],
    });
    await other.db.execute(
      sql`update deliveries set next_attempt_at = now() - interval '61 seconds'`,
    );
    await other.db.execute(sql`update workspaces set is_active = false`);
    expect(await sweepDeliveries(other.services())).toBe(0);
    await other.db.execute(sql`update workspaces set is_active = true`);
    expect(await sweepDeliveries(other.services())).toBe(1);
  });

  it('leaves the rows due when QStash cannot be reached, and says so', async () => {
    const down = await createHarness({ QSTASH_URL: 'http://127.0.0.1:9' });
    const session = await newOwnedSession(down);
    await newEndpoint(down, session);
    await ingestReports({
      services: down.services(),
      runnerId: session.runnerId,
      reports: [session.spool(received('Q1'))],
    });
    await down.db.execute(
      sql`update deliveries set next_attempt_at = now() - interval '61 seconds'`,
    );
    expect(await sweepDeliveries(down.services())).toBe(1);
    expect(down.lines).toContainEqual(
      expect.objectContaining({ event: 'webhook_publish_failed', attempts: 1 }),
    );
    expect(await sweepDeliveries(down.services())).toBe(1);
  });
});

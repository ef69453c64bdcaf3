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

/** Deliveries of this many events to one endpoint, rung for once. */
async function newDeliveries(events: number, fifo = false) {
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
  return { endpointId, ids: rows.map(({ id }) => id) };
}

const set = (ids: string[], change: ReturnType<typeof sql>) =>
  harness.db.execute(
    sql`update deliveries set ${change} where id = any(${sql.param(ids)}::text[])`,
  );

describe('the sweeper', () => {
  it('rings for an endpoint with something overdue; of a FIFO endpoint the first counts; not for what is in work or due later', async () => {
    const [overdue, fresh, inWork, died, first, later] = [
      await newDeliveries(2),
      await newDeliveries(1),
      await newDeliveries(1),
      await newDeliveries(1),
      await newDeliveries(2, true),
      await newDeliveries(2, true),
    ];
    const all = [overdue, fresh, inWork, died, first, later];
    for (const { endpointId } of all) await qstashCallsFor(endpointId, 1);
    const due = [overdue, inWork, died, first].flatMap(({ ids }) => ids);
    await set(
      [...due, ...later.ids.slice(1)],
      sql`next_attempt_at = now() - interval '61 seconds'`,
    );
    await set(later.ids.slice(0, 1), sql`next_attempt_at = now() + interval '1 minute'`);
    await set(inWork.ids, sql`claimed_until = now() + interval '30 seconds'`);
    await set(died.ids, sql`claimed_until = now() - interval '1 second'`);

    expect(await sweepDeliveries(harness.services())).toBe(3);
    for (const { endpointId } of [overdue, died, first])
      expect(await qstashCallsFor(endpointId, 2)).toEqual([{ endpointId }, { endpointId }]);
  });

  it('leaves those of a suspended workspace until it is active again', async () => {
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
      expect.objectContaining({ event: 'webhook_publish_failed', endpoints: 1 }),
    );
    expect(await sweepDeliveries(down.services())).toBe(1);
  });
});

import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIsolateState, createServices } from '../../compose.ts';
import type { Services } from '../../context.ts';
import { createHarness, type Harness, type LogLine } from '../../testing/harness.ts';
import { newInbox, qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { measure } from '../metrics/measure.ts';
import { newEndpoint, newOwnedSession, received } from '../reports/testing/report-fixtures.ts';
import { deliver } from './deliver.ts';
import { sweepDeliveries } from './sweep.ts';
import { attempted, NOTHING_DUE } from './testing/delivery-world.ts';

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

  it('rings again after a publish whose answer was lost, and the receiver gets the event once', async () => {
    const session = await newOwnedSession(harness);
    const inbox = newInbox();
    const endpointId = await newEndpoint(harness, session, { url: inbox.url });
    const qstash = await harness.tap(harness.env.QSTASH_URL, { loseAnswersTo: endpointId });
    const lines: LogLine[] = [];
    const after: Promise<unknown>[] = [];
    await ingestReports({
      services: createServices({
        env: { ...harness.env, QSTASH_URL: qstash.url },
        isolate: createIsolateState((line) => void lines.push(line)),
        waitUntil: (work) => void after.push(work),
      }),
      runnerId: session.runnerId,
      reports: [session.spool(received('L1'))],
    });
    await Promise.all(after);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'webhook_publish_failed', endpoints: 1 }),
    );

    await harness.db
      .execute(sql`update deliveries set next_attempt_at = now() - interval '61 seconds'
      where endpoint_id = ${endpointId}`);
    await sweepDeliveries(harness.services());
    const calls = await qstashCallsFor(endpointId, 2);
    expect(calls).toHaveLength(2);
    const made = await Promise.all(
      calls.map(() =>
        deliver({ services: harness.services(), input: { endpointId, notBefore: null } }),
      ),
    );
    expect(made).toEqual(expect.arrayContaining([NOTHING_DUE, attempted('delivered')]));
    expect(await inbox.received()).toHaveLength(1);
  });

  it('loses nothing in an hour without QStash: the metric of the alarm grows meanwhile, and the next sweep rings', async () => {
    const BASE_URL = receiverUrl();
    const down = await createHarness({ QSTASH_URL: 'http://127.0.0.1:9', BASE_URL });
    const up = (): Services =>
      createServices({
        env: { ...down.env, QSTASH_URL: harness.env.QSTASH_URL },
        isolate: createIsolateState(() => undefined),
        waitUntil: () => undefined,
      });
    const age = async () => (await measure({ ctx: up() }))?.outboxAge;
    const session = await newOwnedSession(down);
    const inbox = newInbox();
    const endpointId = await newEndpoint(down, session, { url: inbox.url });
    await ingestReports({
      services: down.services(),
      runnerId: session.runnerId,
      reports: ['Q1', 'Q2', 'Q3'].map((wireId) => session.spool(received(wireId))),
    });
    await down.db.execute(sql`update deliveries set next_attempt_at = now() - interval '1 hour'`);
    for (let round = 0; round < 2; round += 1)
      expect(await sweepDeliveries(down.services())).toBe(1);
    expect(down.lines).toContainEqual(
      expect.objectContaining({ event: 'webhook_publish_failed', endpoints: 1 }),
    );
    expect(await age()).toBeGreaterThanOrEqual(3_600);

    expect(await sweepDeliveries(up())).toBe(1);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    await deliver({ services: up(), input: { endpointId, notBefore: null } });
    expect(await inbox.received()).toHaveLength(3);
    expect(await age()).toBeNull();
  });
});

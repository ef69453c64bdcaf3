import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newInbox, qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import { newEndpoint, newOwnedSession, received } from '../reports/testing/report-fixtures.ts';
import { claimDue, claimStatement } from './claim-due.ts';
import { deliver } from './deliver.ts';
import { sweepDeliveries } from './sweep.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

/** This many events for one endpoint, reported together. */
async function newBatch(events: number, changes: Parameters<typeof newEndpoint>[2] = {}) {
  const session = await newOwnedSession(harness);
  const inbox = newInbox();
  const endpointId = await newEndpoint(harness, session, { url: inbox.url, ...changes });
  await ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: Array.from({ length: events }, (_, index) => session.spool(received(`B${index}`))),
  });
  return { session, inbox, endpointId };
}

const call = (endpointId: string) =>
  deliver({ services: harness.services(), input: { endpointId, notBefore: null } });

const claim = (endpointId: string) =>
  claimDue(harness.services(), { endpointId, notBefore: null, atMost: 20 });

const rowsOf = (endpointId: string) => {
  const { deliveries } = harness.schema;
  return harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.endpointId, endpointId))
    .orderBy(deliveries.eventSeq);
};

const endpointOf = async (id: string) => {
  const { webhookEndpoints } = harness.schema;
  const [row] = await harness.db.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id));
  return row;
};

/** What time does to claims whose worker was lost. */
const expireClaims = (endpointId: string) =>
  harness.db.batch([
    harness.db.execute(sql`update deliveries set claimed_until = now() - interval '1 second'
      where endpoint_id = ${endpointId} and claimed_until is not null`),
    harness.db.execute(
      sql`update webhook_endpoints set slots = '{}'::jsonb where id = ${endpointId}`,
    ),
  ]);

describe('events reported together', () => {
  it('are one call of QStash, twenty requests of a call at most, and a call for the rest', async () => {
    const { inbox, endpointId } = await newBatch(25);
    expect(await qstashCallsFor(endpointId, 1)).toEqual([{ endpointId }]);
    expect(await call(endpointId)).toMatchObject({ delivered: 20 });
    expect(await qstashCallsFor(endpointId, 2)).toHaveLength(2);
    expect(await call(endpointId)).toMatchObject({ delivered: 5 });
    expect(await inbox.received()).toHaveLength(25);
    expect(await endpointOf(endpointId)).toMatchObject({ slots: {}, rung: false });
  });

  it('keep their own attempts and verdicts', async () => {
    const { inbox, endpointId } = await newBatch(6, { retryDelays: [] });
    await inbox.script({ status: 500 }, { status: 503 }, { status: 200 });
    expect(await call(endpointId)).toMatchObject({ delivered: 4, failed: 2 });
    const rows = await rowsOf(endpointId);
    expect(rows.map(({ lastStatusCode }) => String(lastStatusCode)).toSorted()).toEqual([
      '200',
      '200',
      '200',
      '200',
      '500',
      '503',
    ]);
    expect(rows.every(({ attemptNo }) => attemptNo === 1)).toBe(true);
  });

  it('are each sent once by 20 calls at once', async () => {
    const { inbox, endpointId } = await newBatch(60);
    await Promise.all(Array.from({ length: 20 }, () => call(endpointId)));
    while ((await claim(endpointId)).kind === 'claimed') await expireClaims(endpointId);
    const ids = (await inbox.received()).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const rows = await rowsOf(endpointId);
    expect(rows.filter(({ status }) => status === 'delivered')).toHaveLength(ids.length);
  });
});

describe('endpoints of one URL', () => {
  it('get a request each under one id, and only one, whatever patterns match', async () => {
    const { session, inbox, endpointId } = await newBatch(1);
    await call(endpointId);
    const eventTypes = ['*', 'message.*', 'message.received'];
    const second = await newEndpoint(harness, session, { url: inbox.url, eventTypes });
    const reports = [session.spool(received('TWO'))];
    await ingestReports({ services: harness.services(), runnerId: session.runnerId, reports });
    for (const id of [endpointId, second]) expect(await call(id)).toMatchObject({ delivered: 1 });
    const [first, ...both] = (await inbox.received()).map(({ headers }) => headers['webhook-id']);
    expect(both).toEqual([both[0], both[0]]);
    expect(both).not.toContain(first);
  });
});

describe('a receiver that does not answer one of them', () => {
  it('has the others recorded meanwhile, and later events sent by another call', async () => {
    const { inbox, endpointId } = await newBatch(5, {
      timeouts: 5,
      fullTimeAgainAt: new Date(Date.now() + 60_000),
    });
    await inbox.script({ hang: true }, { status: 200 });
    const slow = call(endpointId);
    for (;;) {
      const rows = await rowsOf(endpointId);
      if (rows.filter(({ status }) => status === 'delivered').length === 4) break;
    }
    expect(Object.keys((await endpointOf(endpointId))?.slots ?? {})).toHaveLength(1);
    expect(await slow).toMatchObject({ delivered: 4, pending: 1 });
  });
});

describe('an endpoint whose slots are taken', () => {
  it('is left to those who have them: they look again', async () => {
    const { endpointId } = await newBatch(1);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const { webhookEndpoints } = harness.schema;
    const mine = eq(webhookEndpoints.id, endpointId);
    await harness.db
      .update(webhookEndpoints)
      .set({ slots: { a: inAnHour, b: inAnHour, c: inAnHour, d: inAnHour } })
      .where(mine);
    expect(await call(endpointId)).toEqual({ kind: 'nothing', why: 'busy' });
    expect(await endpointOf(endpointId)).toMatchObject({ rung: true });
    expect(await rowsOf(endpointId)).toMatchObject([{ status: 'pending', claims: 0 }]);
    const past = new Date(Date.now() - 1_000).toISOString();
    await harness.db
      .update(webhookEndpoints)
      .set({ slots: { lost: past, other: inAnHour } })
      .where(mine);
    expect(await call(endpointId)).toMatchObject({ delivered: 1 });
    expect(await endpointOf(endpointId)).toMatchObject({ rung: false });
  });
});

describe('two calls in one moment', () => {
  it('do not take one slot for both', async () => {
    const { endpointId } = await newBatch(25);
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const { webhookEndpoints } = harness.schema;
    await harness.db
      .update(webhookEndpoints)
      .set({ slots: { a: inAnHour, b: inAnHour, c: inAnHour } })
      .where(eq(webhookEndpoints.id, endpointId));
    const input = { endpointId, notBefore: null, atMost: 20 };
    // One transaction is one moment to the database.
    const [first, second] = await harness.db.batch([
      harness.db.execute(claimStatement(input)),
      harness.db.execute(claimStatement(input)),
    ]);
    expect(first.rows).toMatchObject([{ claim: { endpointId } }]);
    expect(second.rows).toMatchObject([{ claim: null, found: 5 }]);
    expect(await endpointOf(endpointId)).toMatchObject({ rung: true });
  });
});

describe('attempts that cannot be recorded', () => {
  /** From now on the database refuses attempts that were answered with this status, until the returned call. */
  async function refuseRecordsOf(statusCode: number) {
    await harness.db.execute(
      sql.raw(`create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'refused'; end $$`),
    );
    await harness.db.execute(
      sql.raw(`create trigger refuse before insert on attempts for each row
        when (new.status_code = ${statusCode}) execute function refuse()`),
    );
    return () => harness.db.execute(sql`drop function refuse cascade`);
  }

  it('leave the endpoint’s slot free, and are made again', async () => {
    const { inbox, endpointId } = await newBatch(3);
    await inbox.script({ status: 202 });
    const accept = await refuseRecordsOf(202);
    await expect(call(endpointId)).rejects.toThrow();
    expect(await endpointOf(endpointId)).toMatchObject({ slots: {} });
    expect(harness.lines).toContainEqual(
      expect.objectContaining({ event: 'attempts_not_recorded', last: true }),
    );
    await accept();
    await expireClaims(endpointId);
    while ((await rowsOf(endpointId)).some(({ status }) => status === 'pending'))
      await call(endpointId);
    const ids = (await inbox.received()).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
    expect(await rowsOf(endpointId)).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'delivered', attemptNo: 1 })),
    );
  });
});

describe('a worker that is lost between sending and recording', () => {
  it('repeats that batch at most, under the same ids', async () => {
    const { inbox, endpointId } = await newBatch(30);
    const lost = await claim(endpointId);
    expect(lost).toMatchObject({ kind: 'claimed', more: true });
    expect(await call(endpointId)).toMatchObject({ delivered: 10 });
    expect(await call(endpointId)).toMatchObject({ why: 'none_due' });
    await expireClaims(endpointId);
    await harness.db.execute(
      sql`update deliveries set next_attempt_at = now() - interval '61 seconds' where endpoint_id = ${endpointId} and status = 'pending'`,
    );
    expect(await sweepDeliveries(harness.services())).toBe(1);
    for (let run = 0; run < 5; run += 1)
      expect(await call(endpointId)).toMatchObject({ delivered: 4 });
    const ids = (await inbox.received()).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(30);
  });

  it('each time: the event is alone in the end, holds up no other, and is given up', async () => {
    const { inbox, endpointId } = await newBatch(6);
    const sizes: number[] = [];
    for (let loss = 0; loss < 2; loss += 1) {
      const lost = await claim(endpointId);
      sizes.push(lost.kind === 'claimed' ? lost.claim.due.length : 0);
      await expireClaims(endpointId);
    }
    // Two are left of the second claim of six; the four that were lost twice come one by one.
    expect(sizes).toEqual([6, 4]);
    expect(await call(endpointId)).toMatchObject({ delivered: 2 });
    const poison = await claim(endpointId);
    expect(poison).toMatchObject({ kind: 'claimed', more: true, claim: { due: [{}] } });
    for (let run = 0; run < 3; run += 1)
      expect(await call(endpointId)).toMatchObject({ delivered: 1 });
    for (let loss = 3; loss < 10; loss += 1) {
      await expireClaims(endpointId);
      expect(await claim(endpointId)).toMatchObject({ claim: { due: [{}] } });
    }
    await expireClaims(endpointId);
    expect(await call(endpointId)).toEqual({ kind: 'nothing', why: 'none_due' });
    expect(await inbox.received()).toHaveLength(5);
    const rows = await rowsOf(endpointId);
    expect(rows.filter(({ status }) => status === 'delivered')).toHaveLength(5);
    expect(rows.filter(({ status }) => status === 'failed')).toMatchObject([
      { lastError: 'given up: each worker that sent it was lost' },
    ]);
  });
});

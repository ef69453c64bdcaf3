import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { runCron } from '../../jobs/cron.ts';
import { createHarness } from '../../testing/harness.ts';
import { connect } from '../../testing/realtime-client.ts';
import { writeUnheard } from '../../testing/unheard-events.ts';
import { deliveryWorld } from '../deliveries/testing/delivery-world.ts';
import { newOwnedSession, type OwnedSession } from '../reports/testing/report-fixtures.ts';
import { forgetOldEvents } from './forget-old-events.ts';

const harness = await createHarness();
const { db, schema } = harness;
const { newDelivery, happen, call } = deliveryWorld(harness);

const DAYS = harness.env.EVENT_RETENTION_DAYS;

/** Makes the events up to this number so many days old. */
const age = ({ workspaceId }: OwnedSession, upTo: number, days: number) =>
  db.execute(sql`
    update events set created_at = now() - make_interval(days => ${days}::int)
    where workspace_id = ${workspaceId} and seq <= ${upTo}`);

const keptOf = async ({ workspaceId }: OwnedSession): Promise<number[]> => {
  const { seq, workspaceId: owner } = schema.events;
  const rows = await db
    .select({ seq })
    .from(schema.events)
    .where(eq(owner, workspaceId))
    .orderBy(seq);
  return rows.map((row) => row.seq);
};

describe('events past their time', () => {
  it('are deleted with their deliveries and attempts, and no others', async () => {
    const { session, endpointId, id } = await newDelivery();
    await call(endpointId);
    await happen(session, 'EV2');
    await age(session, 1, DAYS + 1);
    await runCron(harness.services());
    expect(await keptOf(session)).toEqual([2]);
    const { apiKey: key } = session;
    expect(await harness.call('GET', `/v1/deliveries/${id}`, { key })).toMatchObject({
      status: 404,
    });
    const list = await harness.call('GET', `/v1/webhooks/${endpointId}/deliveries`, { key });
    expect(list.data).toHaveLength(1);
    const { attempts } = schema;
    expect(await db.select().from(attempts).where(eq(attempts.deliveryId, id))).toEqual([]);
  });

  it('stay until that time, and while an endpoint is still to get them', async () => {
    const { session, endpointId } = await newDelivery();
    await writeUnheard(harness, session, 3);
    await age(session, 4, DAYS - 1);
    await age(session, 3, DAYS + 1);
    await forgetOldEvents(harness.services());
    expect(await keptOf(session)).toEqual([1, 4]);
    await call(endpointId);
    await forgetOldEvents(harness.services());
    expect(await keptOf(session)).toEqual([4]);
  });

  it('are all deleted by one run, also when they are many', async () => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 2_500);
    await age(session, 2_400, DAYS + 1);
    await forgetOldEvents(harness.services());
    expect(await keptOf(session)).toHaveLength(100);
  });
});

describe('a reader whose next event is gone', () => {
  const ways: [string, (key: string, after: number) => ReturnType<typeof harness.call>][] = [
    ['the feed', (key, after) => harness.call('GET', `/v1/events?after=${after}`, { key })],
    [
      'a WebSocket',
      (key, after) =>
        harness.call('GET', `/v1/realtime?after=${after}`, {
          key,
          headers: { upgrade: 'websocket' },
        }),
    ],
    [
      'an event stream',
      (key, after) =>
        harness.call('GET', '/v1/realtime', {
          key,
          headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
        }),
    ],
  ];
  it.each(ways)('is told so by %s', async (_name, read) => {
    // Event 1 stays, since its endpoint is still to get it: a reader of it would miss 2 and 3.
    const { session } = await newDelivery();
    await writeUnheard(harness, session, 9);
    await age(session, 3, DAYS + 1);
    await forgetOldEvents(harness.services());
    expect(await keptOf(session)).toEqual([1, 4, 5, 6, 7, 8, 9, 10]);
    for (const after of [1, 2])
      expect(await read(session.apiKey, after)).toMatchObject({
        status: 410,
        error: { code: 'CURSOR_TOO_OLD', details: { oldest: 4 } },
      });
    const { apiKey: key } = session;
    const client = await connect(harness, 'after=3', { key });
    expect(await client.untilEvents(7)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    const first = await harness.call('GET', '/v1/events?after=0&limit=1', { key });
    expect(first.data).toMatchObject([{ seq: 1 }]);
  });

  it('is told so when all events are gone, and reads on from the last one', async () => {
    const session = await newOwnedSession(harness);
    await writeUnheard(harness, session, 5);
    await age(session, 5, DAYS + 1);
    await forgetOldEvents(harness.services());
    const { apiKey: key } = session;
    const read = (after: number) => harness.call('GET', `/v1/events?after=${after}`, { key });
    expect(await read(4)).toMatchObject({ status: 410, error: { details: { oldest: 6 } } });
    await writeUnheard(harness, session, 1);
    expect((await read(5)).data).toMatchObject([{ seq: 6 }]);
  });
});

import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { deliveryWorld } from '../../services/deliveries/testing/delivery-world.ts';
import { newEndpoint } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { newInbox, qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';

const harness = await createHarness({ BASE_URL: receiverUrl() });
const { newDelivery, happen, deliveriesTo, attemptsOf, call, secondsUntilNext } =
  deliveryWorld(harness);

/** An endpoint of which these many deliveries have failed, with one attempt each. */
async function newFailed(count: number, changes: Parameters<typeof newDelivery>[0] = {}) {
  const made = await newDelivery({ retryDelays: [], ...changes });
  const { session, inbox, endpointId } = made;
  await happen(session, ...Array.from({ length: count - 1 }, (_, index) => `F${index}`));
  await inbox.script({ status: 500 });
  await call(endpointId);
  await inbox.script({ status: 200 });
  const ids = (await deliveriesTo(endpointId)).map(({ id }) => id);
  const again = (body: object) =>
    harness.call('POST', `/v1/webhooks/${endpointId}/redeliver`, { key: session.apiKey, body });
  return { ...made, ids, again, key: session.apiKey };
}

const statuses = async (endpointId: string) =>
  (await deliveriesTo(endpointId)).map(({ status }) => status);

describe('a failed delivery', () => {
  it('is sent again under its event’s id, with its whole schedule before it', async () => {
    const { ids, key, inbox, endpointId } = await newFailed(1, { retryDelays: [] });
    const [id = ''] = ids;
    await harness.call('PATCH', `/v1/webhooks/${endpointId}`, { key, body: { maxAttempts: 3 } });
    await inbox.script({ status: 500 }, { status: 200 });
    expect(await harness.call('POST', `/v1/deliveries/${id}/redeliver`, { key })).toMatchObject({
      status: 202,
      data: { redelivered: 1 },
    });
    await call(endpointId);
    expect(await deliveriesTo(endpointId)).toMatchObject([{ status: 'pending', attemptNo: 2 }]);
    expect(await secondsUntilNext(id)).toBeLessThan(6);
    // What waits for a retry is sent now.
    await harness.call('POST', `/v1/deliveries/${id}/redeliver`, { key });
    await call(endpointId);
    expect(await deliveriesTo(endpointId)).toMatchObject([{ status: 'delivered', attemptNo: 3 }]);
    expect((await attemptsOf(id)).map(({ statusCode }) => statusCode)).toEqual([500, 500, 200]);
    const sent = (await inbox.received()).map(({ headers }) => headers['webhook-id']);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
  });

  it('is rung for each time that it is asked for', async () => {
    const { ids, again, endpointId } = await newFailed(1);
    await qstashCallsFor(endpointId, 1);
    await again({ deliveryIds: ids });
    await qstashCallsFor(endpointId, 2);
    await again({ deliveryIds: ids });
    expect(await qstashCallsFor(endpointId, 3)).toHaveLength(3);
  });

  it('is left alone while an attempt is under way', async () => {
    const { ids, again, endpointId } = await newFailed(1);
    await harness.db.execute(
      sql`update deliveries set status = 'pending', claimed_until = now() + interval '1 minute'
        where endpoint_id = ${endpointId}`,
    );
    expect((await again({ deliveryIds: ids })).data).toMatchObject({ redelivered: 0 });
  });
});

describe('several at once', () => {
  it('are those that are named, of this endpoint', async () => {
    const { ids, again, endpointId } = await newFailed(3);
    const other = await newFailed(1);
    const answer = await again({ deliveryIds: [...ids.slice(0, 2), ...other.ids] });
    expect(answer).toMatchObject({ status: 202, data: { redelivered: 2, more: false } });
    expect(await statuses(endpointId)).toEqual(['pending', 'pending', 'failed']);
    expect(await statuses(other.endpointId)).toEqual(['failed']);
  });

  it('are all that failed since then', async () => {
    const { session, again, endpointId, ids } = await newFailed(3);
    await happen(session, 'LATER');
    await call(endpointId);
    await harness.db.execute(
      sql`update deliveries set finished_at = now() - interval '1 hour' where id = ${ids[0]}`,
    );
    const failedSince = new Date(Date.now() - 60_000).toISOString();
    expect((await again({ failedSince })).data).toMatchObject({ redelivered: 2 });
    expect(await statuses(endpointId)).toEqual(['failed', 'pending', 'pending', 'delivered']);
  });

  it('are the events of a range, also from before the endpoint was there, once each', async () => {
    const { session, key } = await newFailed(5);
    const inbox = newInbox();
    const endpointId = await newEndpoint(harness, session, {
      url: inbox.url,
      eventTypes: ['message.*', 'message_received', '*'],
    });
    const again = (after: number, upTo: number) =>
      harness.call('POST', `/v1/webhooks/${endpointId}/redeliver`, {
        key,
        body: { events: { after, upTo } },
      });
    expect((await again(1, 4)).data).toEqual({ redelivered: 3, more: false, lastSeq: 4 });
    await call(endpointId);
    const seqs = async () =>
      (await inbox.received())
        .map(({ body }) => Number(JSON.parse(body).seq))
        .toSorted((a, b) => a - b);
    expect(await seqs()).toEqual([2, 3, 4]);
    expect((await again(3, 99)).data).toEqual({ redelivered: 2, more: false, lastSeq: 5 });
    await call(endpointId);
    expect(await seqs()).toEqual([2, 3, 4, 4, 5]);
    expect(await deliveriesTo(endpointId)).toHaveLength(4);
    await harness.call('PATCH', `/v1/webhooks/${endpointId}`, {
      key,
      body: { eventTypes: ['session.*'] },
    });
    expect((await again(0, 99)).data).toEqual({ redelivered: 0, more: false, lastSeq: null });
  });

  it('are a thousand at most; the next request takes up the rest', async () => {
    const { session, again, endpointId } = await newFailed(1);
    await harness.db.execute(sql`
      insert into events (workspace_id, seq, id, session_id, type, data, occurred_at)
      select ${session.workspaceId}, n, 'evt_' || ${endpointId}::text || n, ${session.sessionId}, type, data, now()
      from events, generate_series(2, 1200) n where workspace_id = ${session.workspaceId} and seq = 1`);
    const first = await again({ events: { after: 0, upTo: 5_000 } });
    expect(first.data).toEqual({ redelivered: 1_000, more: true, lastSeq: 1_000 });
    const rest = await again({ events: { after: 1_000, upTo: 5_000 } });
    expect(rest.data).toEqual({ redelivered: 200, more: false, lastSeq: 1_200 });
    expect(await statuses(endpointId)).toHaveLength(1_200);
  });
});

describe('what is refused', () => {
  it.each([
    [{}],
    [{ deliveryIds: [] }],
    [{ deliveryIds: ['evt_1'] }],
    [{ failedSince: 'yesterday' }],
    [{ events: { after: -1, upTo: 2 } }],
    [{ events: { after: 1 } }],
    [{ failedSince: '2026-01-01T00:00:00Z', events: { after: 1, upTo: 2 } }],
  ])('%j', async (body) => {
    const { again } = await newFailed(1);
    expect(await again(body)).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
  });

  it('is anything for an endpoint that is switched off', async () => {
    const { ids, again, key, endpointId } = await newFailed(1);
    await harness.call('PATCH', `/v1/webhooks/${endpointId}`, { key, body: { isActive: false } });
    expect(await again({ deliveryIds: ids })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
  });

  it('is more than an endpoint may have pending', async () => {
    const { session, ids, again, endpointId } = await newFailed(1);
    await harness.db.execute(sql`
      with made as (
        insert into events (workspace_id, seq, id, session_id, type, data, occurred_at)
        select ${session.workspaceId}, n, 'evt_' || ${endpointId}::text || n, ${session.sessionId}, type, data, now()
        from events, generate_series(2, 10001) n where workspace_id = ${session.workspaceId} and seq = 1
        returning workspace_id, seq
      )
      insert into deliveries (id, workspace_id, endpoint_id, event_seq, event_name)
      select 'dlv_' || ${endpointId}::text || seq, workspace_id, ${endpointId}, seq, 'message.received' from made`);
    expect(await again({ deliveryIds: ids })).toMatchObject({
      status: 429,
      error: { code: 'QUEUE_FULL', details: { limit: 10_000 } },
    });
  });
});

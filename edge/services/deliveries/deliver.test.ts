import { eq, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../../testing/harness.ts';
import { newInbox, qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { ingestReports } from '../reports/ingest-reports.ts';
import {
  newEndpoint,
  newOwnedSession,
  type OwnedSession,
  received,
} from '../reports/testing/report-fixtures.ts';
import { claimDue } from './claim-due.ts';
import { deliver } from './deliver.ts';

let harness: Harness;
beforeAll(async () => {
  // QStash calls the receiver in the Worker's place, so that a test sees what was published.
  harness = await createHarness({ BASE_URL: receiverUrl() });
});

type EndpointChanges = Parameters<typeof newEndpoint>[2];

/** One endpoint on an inbox of its own, and the delivery of one event to it. */
async function newDelivery(changes: EndpointChanges = {}) {
  const session = await newOwnedSession(harness);
  const inbox = newInbox();
  const endpointId = await newEndpoint(harness, session, { url: inbox.url, ...changes });
  await happen(session, 'EV1');
  const [row] = await deliveriesTo(endpointId);
  if (row === undefined) throw new Error('no delivery');
  return { session, inbox, endpointId, id: row.id };
}

const happen = (session: OwnedSession, ...wireIds: string[]) =>
  ingestReports({
    services: harness.services(),
    runnerId: session.runnerId,
    reports: wireIds.map((wireId) => session.spool(received(wireId))),
  });

const deliveriesTo = (endpointId: string) => {
  const { deliveries } = harness.schema;
  return harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.endpointId, endpointId))
    .orderBy(deliveries.eventSeq);
};

const attemptsOf = (id: string) => {
  const { attempts } = harness.schema;
  return harness.db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(attempts.attemptNo);
};

const call = (endpointId: string, services = harness.services()) =>
  deliver({ services, input: { endpointId, notBefore: null } });

/** What a call answers that made one attempt, with this status. */
const attempted = (status: 'delivered' | 'pending' | 'failed') => ({
  kind: 'attempted',
  delivered: 0,
  pending: 0,
  failed: 0,
  [status]: 1,
});
const NOTHING_DUE = { kind: 'nothing', why: 'none_due' };

/** What time would do. */
const makeDue = (id: string, secondsAgo = 0) =>
  harness.db.execute(
    sql`update deliveries set next_attempt_at = now() - make_interval(secs => ${secondsAgo}::int) where id = ${id}`,
  );

const secondsUntilNext = async (id: string): Promise<number> => {
  const { rows } = await harness.db.execute(
    sql`select extract(epoch from next_attempt_at - now())::float8 as seconds from deliveries where id = ${id}`,
  );
  return Number(rows[0]?.['seconds']);
};

const hmacHex = async (secret: string, text: string): Promise<string> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const SECRET = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
const OLD_SECRET = 'whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk';

describe('one attempt', () => {
  it('posts the event under the name asked for, with the endpoint’s headers', async () => {
    const { session, inbox, id, endpointId } = await newDelivery({
      eventTypes: ['message_received'],
      headers: { authorization: 'Bearer theirs' },
    });
    expect(await call(endpointId)).toEqual(attempted('delivered'));
    const [request, ...others] = await inbox.received();
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer theirs' },
    });
    const body = JSON.parse(request?.body ?? '');
    expect(body).toMatchObject({
      id: request?.headers['webhook-id'],
      type: 'message_received',
      seq: 1,
      sessionId: session.sessionId,
      timestamp: '2026-11-20T00:00:00.000Z',
      data: { text: 'hi' },
    });
    const [row] = await deliveriesTo((await endpointOf(id)).id);
    expect(row).toMatchObject({ status: 'delivered', attemptNo: 1, lastStatusCode: 200 });
    expect(row?.finishedAt).not.toBeNull();
  });

  it('is tried three times for 500, 500, 200: one event id, each with a fresh valid signature', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500 }, { status: 500, body: 'sorry' }, { status: 200 });
    const startedAt = Date.now();
    const results = [];
    for (const attemptNo of [1, 2, 3]) {
      const services = { ...harness.services(), now: () => startedAt + attemptNo * 10_000 };
      results.push(await call(endpointId, services));
      await makeDue(id);
    }
    expect(results).toEqual([attempted('pending'), attempted('pending'), attempted('delivered')]);
    const requests = await inbox.received();
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
    for (const { headers, body } of requests) {
      expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ type: 'message.received' });
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['x-signature'] ?? '') ?? [];
      expect(v1).toBe(await hmacHex(SECRET, `${t}.${body}`));
      expect(t).toBe(headers['webhook-timestamp']);
    }
    expect(await attemptsOf(id)).toMatchObject([
      { attemptNo: 1, statusCode: 500, error: 'HTTP 500' },
      { attemptNo: 2, statusCode: 500, responseExcerpt: 'sorry' },
      { attemptNo: 3, statusCode: 200, error: null },
    ]);
  });

  it('is made once by 20 parallel calls, and not again by a later one', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    const results = await Promise.all(Array.from({ length: 20 }, () => call(endpointId)));
    expect(results.filter(({ kind }) => kind === 'attempted')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'nothing')).toHaveLength(19);
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
    expect(await inbox.received()).toHaveLength(1);
    expect(await attemptsOf(id)).toHaveLength(1);
  });

  it('is signed with both secrets while the previous one lives', async () => {
    const { inbox, endpointId } = await newDelivery({
      previousSecret: OLD_SECRET,
      previousSecretUntil: new Date(Date.now() + 60_000),
    });
    await call(endpointId);
    const [request] = await inbox.received();
    for (const secret of [SECRET, OLD_SECRET])
      expect(() =>
        new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {}),
      ).not.toThrow();
    const { headers = {}, body = '' } = request ?? {};
    expect(headers['x-signature']).toContain(
      `v1=${await hmacHex(OLD_SECRET, `${headers['webhook-timestamp']}.${body}`)}`,
    );
  });

  it('is signed with the new secret only once the previous one is over', async () => {
    const { inbox, endpointId } = await newDelivery({
      previousSecret: OLD_SECRET,
      previousSecretUntil: new Date(Date.now() - 60_000),
    });
    await call(endpointId);
    const [request] = await inbox.received();
    expect(() =>
      new Webhook(OLD_SECRET).verify(request?.body ?? '', request?.headers ?? {}),
    ).toThrow();
  });
});

describe('calls that must not send', () => {
  it('finds nothing until the next attempt is due', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500 });
    await call(endpointId);
    await makeDue(id, -100);
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
    expect(await inbox.received()).toHaveLength(1);
  });

  it('finds nothing to do for a deleted endpoint', async () => {
    const { endpointId } = await newDelivery();
    const { webhookEndpoints } = harness.schema;
    await harness.db.delete(webhookEndpoints).where(eq(webhookEndpoints.id, endpointId));
    expect(await call(endpointId)).toEqual({ kind: 'nothing', why: 'gone' });
  });

  it('cancels for an endpoint that was switched off', async () => {
    const { inbox, endpointId } = await newDelivery();
    const { webhookEndpoints } = harness.schema;
    await harness.db
      .update(webhookEndpoints)
      .set({ isActive: false })
      .where(eq(webhookEndpoints.id, endpointId));
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
    expect(await inbox.received()).toEqual([]);
    expect(await deliveriesTo(endpointId)).toMatchObject([{ status: 'cancelled' }]);
  });

  it('waits while its workspace is suspended, and goes on when it is back', async () => {
    const { inbox, endpointId, session } = await newDelivery();
    const { workspaces } = harness.schema;
    const setActive = (isActive: boolean) =>
      harness.db.update(workspaces).set({ isActive }).where(eq(workspaces.id, session.workspaceId));
    await setActive(false);
    expect(await call(endpointId)).toEqual({ kind: 'nothing', why: 'suspended' });
    expect(await inbox.received()).toEqual([]);
    expect(await deliveriesTo(endpointId)).toMatchObject([{ status: 'pending', attemptNo: 0 }]);
    await setActive(true);
    expect(await call(endpointId)).toEqual(attempted('delivered'));
    expect(await inbox.received()).toHaveLength(1);
  });

  it('is blocked for a private address, whatever stands in the row', async () => {
    const { id, endpointId } = await newDelivery({
      url: 'http://169.254.169.254/latest/meta-data/',
    });
    expect(await call(endpointId)).toEqual(attempted('pending'));
    const [made] = await attemptsOf(id);
    expect(made).toMatchObject({ statusCode: null, durationMs: 0 });
    expect(made?.error).toMatch(/^blocked: the address is not public/);
  });
});

describe('what the receiver says', () => {
  it.each([
    { reply: { status: 410 }, reason: 'the receiver answered 410 Gone' },
    {
      reply: { status: 500, headers: { 'webhook-delivery': 'disable' } },
      reason: 'the receiver answered webhook-delivery: disable',
    },
  ])('switches the endpoint off: $reason', async ({ reply, reason }) => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script(reply);
    expect(await call(endpointId)).toEqual(attempted('failed'));
    expect(await endpointOf(id)).toMatchObject({ isActive: false, disabledReason: reason });
  });

  it('does not follow a redirect', async () => {
    const second = newInbox();
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 302, headers: { location: second.url } });
    await call(endpointId);
    expect(await second.received()).toEqual([]);
    expect(await attemptsOf(id)).toMatchObject([
      { statusCode: 302, error: 'HTTP 302: redirects are not followed' },
    ]);
  });

  it('honours Retry-After', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 429, headers: { 'retry-after': '120' } });
    await call(endpointId);
    const seconds = await secondsUntilNext(id);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(120);
  });

  it.each([
    ['0', 4, 6],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 4, 6],
    ['-1', 4, 6],
    ['0.5', 4, 6],
    ['0, 0', 4, 6],
    ['999999999', 86_390, 86_400],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_390, 86_400],
  ])(
    'waits by the schedule at least and a day at most, whatever Retry-After says: %s',
    async (value, least, most) => {
      const { inbox, id, endpointId } = await newDelivery();
      await inbox.script({ status: 503, headers: { 'retry-after': value } });
      await call(endpointId);
      const seconds = await secondsUntilNext(id);
      expect(seconds).toBeGreaterThan(least);
      expect(seconds).toBeLessThanOrEqual(most);
    },
  );

  it('keeps an excerpt of a huge answer and drops the rest', async () => {
    const { inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500, body: 'a\0b', bytes: 5_000_000 });
    await call(endpointId);
    const [made] = await attemptsOf(id);
    expect(made?.responseExcerpt).toMatch(/^abx+$/);
    expect(made?.responseExcerpt?.length).toBe(2_047);
  });

  it('is given up after the last attempt', async () => {
    const { inbox, id, endpointId } = await newDelivery({ maxAttempts: 2 });
    await inbox.script({ status: 503 });
    await call(endpointId);
    await makeDue(id);
    expect(await call(endpointId)).toEqual(attempted('failed'));
    expect(await deliveriesTo(endpointId)).toMatchObject([
      { status: 'failed', attemptNo: 2, lastStatusCode: 503 },
    ]);
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
  });
});

describe('the time that a receiver has', () => {
  const AGO = new Date(Date.now() - 1_000);
  const AHEAD = new Date(Date.now() + 60_000);
  it.each([
    ['a few attempts had no answer', { timeouts: 4, fullTimeAgainAt: AHEAD }, 15_000],
    ['many had none', { timeouts: 5, fullTimeAgainAt: AHEAD }, 3_000],
    ['many had none, and a minute is over', { timeouts: 5, fullTimeAgainAt: AGO }, 15_000],
  ])('when %s', async (_when, changes, timeoutMs) => {
    const { endpointId } = await newDelivery(changes);
    const input = { endpointId, notBefore: null, atMost: 1 };
    const claimed = await claimDue(harness.services(), input);
    expect(claimed).toMatchObject({ kind: 'claimed', claim: { timeoutMs } });
  });

  it('stays short while it does not answer, and is back after a success', async () => {
    const changes = { timeouts: 5, fullTimeAgainAt: AHEAD };
    const { inbox, id, endpointId } = await newDelivery(changes);
    await inbox.script({ hang: true }, { status: 500 }, { status: 200 });
    await call(endpointId);
    expect(await attemptsOf(id)).toMatchObject([{ error: 'no complete answer within 3000 ms' }]);
    const short = { timeouts: 6, fullTimeAgainAt: AHEAD };
    expect(await endpointOf(id)).toMatchObject(short);
    await makeDue(id);
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject(short);
    await makeDue(id);
    await call(endpointId);
    expect(await endpointOf(id)).toMatchObject({ timeouts: 0, fullTimeAgainAt: null });
  });
});

describe('a FIFO endpoint', () => {
  it('gets its events in order, one at a time, and the rest when an earlier one has ended', async () => {
    const { session, inbox, endpointId, id } = await newDelivery({ fifo: true });
    await happen(session, 'EV2', 'EV3');
    await inbox.script({ status: 500 }, { status: 200 });
    expect(await call(endpointId)).toEqual(attempted('pending'));
    expect(await call(endpointId)).toEqual(NOTHING_DUE);
    await makeDue(id);
    expect(await call(endpointId)).toEqual({
      kind: 'attempted',
      delivered: 3,
      pending: 0,
      failed: 0,
    });
    const seqs = (await inbox.received()).map(({ body }) => JSON.parse(body).seq);
    expect(seqs).toEqual([1, 1, 2, 3]);
  });

  it('has one request at a time, however many calls come', async () => {
    const { session, inbox, endpointId } = await newDelivery({ fifo: true });
    await happen(session, 'EV2', 'EV3', 'EV4');
    await inbox.script({ status: 200 });
    await Promise.all(Array.from({ length: 10 }, () => call(endpointId)));
    const seqs = (await inbox.received()).map(({ body }) => JSON.parse(body).seq);
    expect(seqs).toEqual([1, 2, 3, 4]);
  });
});

describe('what comes next', () => {
  it('is rung for when it is written down', async () => {
    const { inbox, endpointId } = await newDelivery();
    await inbox.script({ status: 500, headers: { 'retry-after': '1' } });
    await qstashCallsFor(endpointId, 1);
    await call(endpointId);
    const [, next] = await qstashCallsFor(endpointId, 2);
    expect(next).toEqual({ endpointId, notBefore: expect.any(Number) });
  });
});

async function endpointOf(deliveryId: string) {
  const { deliveries, webhookEndpoints } = harness.schema;
  const [row] = await harness.db
    .select({ endpoint: webhookEndpoints })
    .from(webhookEndpoints)
    .innerJoin(deliveries, eq(deliveries.endpointId, webhookEndpoints.id))
    .where(eq(deliveries.id, deliveryId));
  if (row === undefined) throw new Error('no endpoint');
  return row.endpoint;
}

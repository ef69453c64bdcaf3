import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toHex } from '../../../shared/hex.ts';
import { createHarness, idOf } from '../../testing/harness.ts';
import { qstashCallsFor, receiverUrl } from '../../testing/receiver.ts';
import { attempted, deliveryWorld, NOTHING_DUE } from './testing/delivery-world.ts';

// QStash calls the receiver in the Worker's place, so that a test sees what was published.
const harness = await createHarness({ BASE_URL: receiverUrl() });
const { newDelivery, happen, deliveriesTo, attemptsOf, call, makeDue, endpointOf } =
  deliveryWorld(harness);

const hmacHex = async (secret: string, text: string): Promise<string> => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
  return toHex(new Uint8Array(mac));
};

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const SECRET = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
const FILE = {
  status: 'ready',
  link: null,
  mimetype: 'text/plain',
  filename: null,
  sizeBytes: 6,
  error: null,
};
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

  it('has a new link to its file each time: one that expired works again in a retry', async () => {
    const { session, inbox, id, endpointId } = await newDelivery();
    const { apiKey: key } = session;
    const mediaId = idOf(await harness.call('POST', '/v1/media', { key, body: 'a file' }));
    const { events } = harness.schema;
    const media = { ...FILE, id: mediaId, url: `${harness.env.BASE_URL}/v1/media/${mediaId}` };
    const [event] = await harness.db
      .select()
      .from(events)
      .where(eq(events.workspaceId, session.workspaceId));
    await harness.db
      .update(events)
      .set({ data: { ...event?.data, media } })
      .where(eq(events.workspaceId, session.workspaceId));
    await inbox.script({ status: 500 }, { status: 200 });
    const twoDaysAgo = () => Date.now() - 2 * 86_400_000;
    await call(endpointId, { ...harness.services(), now: twoDaysAgo });
    await makeDue(id);
    await call(endpointId);
    const statuses = [];
    for (const { body } of await inbox.received()) {
      const { link } = JSON.parse(body).data.media;
      const { pathname, search } = new URL(link.url);
      const answer = await harness.request('GET', pathname + search);
      statuses.push([Date.parse(link.expiresAt) > Date.now(), answer.status]);
      await answer.body?.cancel();
    }
    expect(statuses).toEqual([
      [false, 404],
      [true, 200],
    ]);
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
      expect(verifies(secret, request?.body ?? '', request?.headers ?? {})).toBe(true);
    const { headers = {}, body = '' } = request ?? {};
    expect(headers['x-signature']).toContain(
      `v1=${await hmacHex(OLD_SECRET, `${headers['webhook-timestamp']}.${body}`)}`,
    );
  });

  it('is signed as rotations before it say, when it is a retry', async () => {
    const { session, inbox, id, endpointId } = await newDelivery();
    await inbox.script({ status: 500 });
    const rotate = async (overlapSeconds: number): Promise<string> => {
      const path = `/v1/webhooks/${endpointId}/rotate-secret`;
      const body = { overlapSeconds };
      const { data } = await harness.call('POST', path, { key: session.apiKey, body });
      return z.object({ secret: z.string() }).parse(data).secret;
    };
    await call(endpointId);
    const second = await rotate(60);
    await makeDue(id);
    await call(endpointId);
    const third = await rotate(0);
    await makeDue(id);
    await call(endpointId);
    const requests = await inbox.received();
    const verified = requests.map(({ body, headers }) =>
      [SECRET, second, third].map((secret) => verifies(secret, body, headers)),
    );
    expect(verified).toEqual([
      [true, false, false],
      [true, true, false],
      [false, false, true],
    ]);
  });

  it('is signed with the new secret only once the previous one is over', async () => {
    const { inbox, endpointId } = await newDelivery({
      previousSecret: OLD_SECRET,
      previousSecretUntil: new Date(Date.now() - 60_000),
    });
    await call(endpointId);
    const [request] = await inbox.received();
    expect(verifies(OLD_SECRET, request?.body ?? '', request?.headers ?? {})).toBe(false);
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

  it('cancels all that waits for an endpoint that was switched off', async () => {
    const { session, inbox, endpointId } = await newDelivery();
    await happen(session, ...Array.from({ length: 24 }, (_, index) => `OFF${index}`));
    const [last] = (await deliveriesTo(endpointId)).slice(-1);
    await makeDue(last?.id ?? '', -3_600);
    const { webhookEndpoints } = harness.schema;
    await harness.db
      .update(webhookEndpoints)
      .set({ isActive: false })
      .where(eq(webhookEndpoints.id, endpointId));
    expect(await call(endpointId)).toEqual({ kind: 'nothing', why: 'switched_off' });
    expect(await inbox.received()).toEqual([]);
    const rows = await deliveriesTo(endpointId);
    expect(rows).toHaveLength(25);
    for (const row of rows)
      expect(row).toMatchObject({
        status: 'cancelled',
        lastError: 'the endpoint is switched off',
        claims: 0,
      });
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

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { EVENTS } from '../../../shared/catalogue/events/index.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import { newOwnedSession, received } from '../../services/reports/testing/report-fixtures.ts';
import { deliver } from '../../services/deliveries/deliver.ts';
import { createHarness } from '../../testing/harness.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { newInbox, receiverUrl } from '../../testing/receiver.ts';
import { delaysOf } from './session-webhooks.ts';

/* From a webhook in a session's configuration to the request that it gets. */
const harness = await createHarness({ BASE_URL: receiverUrl() });
const call = plainCall(harness);
const { webhookEndpoints, deliveries } = harness.schema;
const API = '/compat/waha/api';

const endpointsOf = (workspaceId: string) =>
  harness.db.select().from(webhookEndpoints).where(eq(webhookEndpoints.workspaceId, workspaceId));

/** A session with webhooks, whose owner reports. */
async function newSession() {
  const session = await newOwnedSession(harness);
  const { apiKey: key } = await harness.newKey(session.workspaceId);
  const configure = (webhooks: unknown) =>
    call('PUT', `${API}/sessions/${session.sessionId}`, {
      key,
      body: { config: { metadata: { 'user.id': '123' }, webhooks } },
    });
  const deliverAll = async () => {
    for (const { id: endpointId } of await endpointsOf(session.workspaceId))
      await deliver({ services: harness.services(), input: { endpointId, notBefore: null } });
  };
  const happen = (...reports: Parameters<typeof session.spool>[0][]) =>
    ingestReports({
      services: harness.services(),
      runnerId: session.runnerId,
      reports: reports.map((report) => session.spool(report)),
    });
  return { ...session, key, configure, deliverAll, happen };
}

test('a message reaches the webhook in WAHA’s shape, signed, under each name that was asked for', async () => {
  const session = await newSession();
  const inbox = newInbox();
  const answer = await session.configure([
    {
      url: inbox.url,
      events: ['message', 'message.any', 'chat.archive'],
      hmac: { key: 'my-secret-key' },
      retries: { policy: 'linear', delaySeconds: 2, attempts: 3 },
      customHeaders: [{ name: 'X-Order', value: 'one' }],
    },
  ]);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.headers.get('waypost-ignored')).toBe(
    encodeURIComponent('config.webhooks.events:chat.archive'),
  );
  expect(answer.body).toMatchObject({
    config: {
      webhooks: [
        {
          url: inbox.url,
          events: expect.arrayContaining(['message', 'message.any']),
          hmac: { key: '***' },
          retries: { policy: 'linear', delaySeconds: 2, attempts: 3 },
          customHeaders: [{ name: 'x-order', value: 'one' }],
        },
      ],
    },
  });
  expect(JSON.stringify(answer.body)).not.toContain('my-secret-key');
  for (const { retryDelays } of await endpointsOf(session.workspaceId))
    expect(retryDelays).toEqual([2, 4, 6]);

  await session.happen(received('WAHA1', { text: 'Hello' }));
  await session.deliverAll();
  const requests = await inbox.received();
  const events = requests.map(({ body }) => JSON.parse(body));
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['message', 'message.any']));
  expect(events).toHaveLength(2);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  for (const [n, { headers, body }] of requests.entries()) {
    expect(events[n]).toMatchObject({
      session: expect.any(String),
      metadata: { 'user.id': '123' },
      payload: { body: 'Hello', fromMe: false, id: 'false_15550100002@c.us_WAHA1' },
    });
    expect(headers).toMatchObject({
      'x-order': 'one',
      'x-webhook-request-id': expect.any(String),
      'x-webhook-timestamp': expect.stringMatching(/^\d{13}$/),
      'x-webhook-hmac-algorithm': 'sha512',
      'x-webhook-hmac': await hmacOf('my-secret-key', body),
    });
    expect(headers['webhook-signature']).toBeUndefined();
  }
});

async function hmacOf(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-512' };
  const raw = encoder.encode(secret);
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('a call that was rejected is reported as both', async () => {
  const session = await newSession();
  const inbox = newInbox();
  await session.configure([{ url: inbox.url, events: ['*'] }]);
  const data = { ...EVENTS['call.received'].example, rejected: true };
  await session.happen({
    kind: 'relayed',
    key: data.callId,
    event: { type: 'call.received', data },
    timestamp: Date.now(),
  });
  await session.deliverAll();
  const requests = await inbox.received();
  const names = requests.map(({ body }) => JSON.parse(body).event);
  expect(new Set(names)).toEqual(new Set(['call.received', 'call.rejected']));
  expect(names).toHaveLength(2);
});

test('an event that WAHA has nothing for is no request, and the log of deliveries says so', async () => {
  const session = await newSession();
  const inbox = newInbox();
  await session.configure([{ url: inbox.url, events: ['group.v2.join'] }]);
  const data = EVENTS['group.updated'].example;
  await session.happen({
    kind: 'relayed',
    key: 'renamed',
    event: { type: 'group.updated', data },
    timestamp: Date.now(),
  });
  await session.deliverAll();
  expect(await inbox.received()).toEqual([]);
  const [row] = await harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.workspaceId, session.workspaceId));
  expect(await call('GET', `/v1/deliveries/${row?.id}`, { key: session.key })).toMatchObject({
    status: 200,
    body: {
      data: {
        status: 'delivered',
        attempts: [{ responseExcerpt: expect.stringContaining('Nothing was sent') }],
      },
    },
  });
});

test('an event that a webhook does not want is not sent', async () => {
  const session = await newSession();
  const inbox = newInbox();
  await session.configure([{ url: inbox.url, events: ['group.v2.leave'] }]);
  await session.happen(received('WAHA2'));
  await session.deliverAll();
  expect(await inbox.received()).toEqual([]);
  const rows = await harness.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.workspaceId, session.workspaceId));
  expect(rows).toEqual([]);
});

test('a session has the webhooks that were given last, and takes them with it', async () => {
  const session = await newSession();
  const [one, other] = [newInbox(), newInbox()];
  await session.configure([{ url: one.url, events: ['message'] }]);
  const [kept] = await endpointsOf(session.workspaceId);
  await session.configure([
    { url: one.url, events: ['message', 'message.ack'] },
    { url: other.url, events: ['*'] },
  ]);
  const now = await endpointsOf(session.workspaceId);
  const urls = [one.url, other.url, other.url, other.url];
  expect(now.map(({ url }) => url).toSorted()).toEqual(urls.toSorted());
  expect(now.find(({ id }) => id === kept?.id)?.compat?.events).toEqual(['message', 'message.ack']);
  await session.configure(undefined);
  expect(await endpointsOf(session.workspaceId)).toHaveLength(4);
  await session.configure([]);
  expect(await endpointsOf(session.workspaceId)).toEqual([]);
  await session.configure([{ url: one.url, events: ['message'] }]);
  const { key } = session;
  await call('DELETE', `${API}/sessions/${session.sessionId}`, { key });
  expect(await endpointsOf(session.workspaceId)).toEqual([]);
});

test('webhooks take the scope for them, and a URL that may be called', async () => {
  const session = await newSession();
  const refused = await session.configure([{ url: 'http://10.0.0.1/hook', events: ['message'] }]);
  expect(refused).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
  const header = [{ name: 'content-length', value: '1' }];
  const reserved = await session.configure([
    { url: newInbox().url, events: ['message'], customHeaders: header },
  ]);
  expect(reserved).toMatchObject({ status: 422, body: { code: 'VALIDATION_ERROR' } });
  const scopes = ['sessions:write'];
  const { apiKey: key } = await harness.newKey(session.workspaceId, { scopes });
  const body = { config: { webhooks: [{ url: newInbox().url, events: ['message'] }] } };
  expect(await call('PUT', `${API}/sessions/${session.sessionId}`, { key, body })).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN', details: { scope: 'webhooks:write' } },
  });
});

describe('retries', () => {
  test.each([
    [{ policy: 'constant', delaySeconds: 2, attempts: 4 }, [2, 2, 2, 2]],
    [{ policy: 'linear', delaySeconds: 2, attempts: 4 }, [2, 4, 6, 8]],
    [{ policy: 'exponential', delaySeconds: 2, attempts: 4 }, [2, 4, 8, 16]],
    [{ policy: 'constant', delaySeconds: 86_400, attempts: 9 }, [86_400, 86_400, 86_400]],
    [{ policy: 'constant', delaySeconds: 2, attempts: 0 }, []],
  ] as const)('%j are after %j seconds', (asked, delays) => {
    expect(delaysOf(asked)).toEqual(delays);
  });
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { jwtVerify } from 'jose';
import { deliver } from '../../services/deliveries/deliver.ts';
import { ingestReports } from '../../services/reports/ingest-reports.ts';
import { newOwnedSession, received } from '../../services/reports/testing/report-fixtures.ts';
import { createHarness } from '../../testing/harness.ts';
import { plainCall } from '../../testing/plain-call.ts';
import { newInbox, receiverUrl } from '../../testing/receiver.ts';

/* From the webhook of an instance to the request that it gets. */
const harness = await createHarness({ BASE_URL: receiverUrl() });
const call = plainCall(harness);
const { auditLog, webhookEndpoints } = harness.schema;
const BASE = '/compat/evolution/webhook';

const endpointsOf = (workspaceId: string) =>
  harness.db.select().from(webhookEndpoints).where(eq(webhookEndpoints.workspaceId, workspaceId));

/** An instance, whose owner reports. */
async function newInstance() {
  const session = await newOwnedSession(harness);
  const { workspaceId, sessionId, runnerId } = session;
  const { apiKey: key } = await harness.newKey(workspaceId);
  const set = (webhook: object) =>
    call('POST', `${BASE}/set/${sessionId}`, { key, body: { webhook } });
  const find = () => call('GET', `${BASE}/find/${sessionId}`, { key });
  const happen = async (...reports: Parameters<typeof session.spool>[0][]) => {
    await ingestReports({
      services: harness.services(),
      runnerId,
      reports: reports.map((report) => session.spool(report)),
    });
    for (const { id: endpointId } of await endpointsOf(workspaceId))
      await deliver({ services: harness.services(), input: { endpointId, notBefore: null } });
  };
  return { ...session, key, set, find, happen };
}

test('a message reaches the webhook in Evolution’s shape, with a token that its key signs', async () => {
  const instance = await newInstance();
  const inbox = newInbox();
  const events = ['MESSAGES_UPSERT', 'GROUP_UPDATE', 'CHATS_SET'];
  const headers = { 'X-Order': 'one', jwt_key: 'key-of-the-receiver' };
  const answer = await instance.set({ enabled: true, url: inbox.url, events, headers });
  const shown = {
    enabled: true,
    url: inbox.url,
    headers: { 'x-order': 'one', jwt_key: '***' },
    webhookByEvents: false,
    events: ['MESSAGES_UPSERT', 'GROUP_UPDATE'],
  };
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201, body: shown });
  expect(answer.headers.get('waypost-ignored')).toBe(
    encodeURIComponent('webhook.events:CHATS_SET'),
  );
  expect((await instance.find()).body).toMatchObject(shown);

  await instance.happen(received('EVOLUTION1', { text: 'Hello' }));
  const [request] = await inbox.received();
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    event: 'messages.upsert',
    instance: expect.any(String),
    data: {
      key: { remoteJid: '15550100002@s.whatsapp.net', fromMe: false, id: 'EVOLUTION1' },
      message: { conversation: 'Hello' },
      messageType: 'conversation',
      instanceId: instance.sessionId,
    },
    destination: inbox.url,
    apikey: null,
  });
  expect(request?.headers).toMatchObject({ 'x-order': 'one' });
  const [, token = ''] = request?.headers['authorization']?.split(' ') ?? [];
  const key = new TextEncoder().encode('key-of-the-receiver');
  const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
  expect(payload).toMatchObject({ app: 'evolution', action: 'webhook' });
});

test('a message is reported with whom it is from and its chat, each under its own name', async () => {
  const instance = await newInstance();
  const inbox = newInbox();
  await instance.set({ enabled: true, url: inbox.url, events: [] });
  for (const wireId of ['EVOLUTION2', 'EVOLUTION3']) await instance.happen(received(wireId));
  const names = (await inbox.received()).map(({ body }) => String(JSON.parse(body).event));
  expect(names.toSorted()).toEqual([
    'chats.update',
    'chats.upsert',
    'contacts.update',
    'contacts.upsert',
    'messages.upsert',
    'messages.upsert',
  ]);
});

test('each event has an address of its own, where that is asked for', async () => {
  const instance = await newInstance();
  const inbox = newInbox();
  const events = ['MESSAGES_UPSERT'];
  await instance.set({ enabled: true, url: inbox.url, byEvents: true, events });
  expect((await instance.find()).body).toMatchObject({ url: inbox.url, webhookByEvents: true });
  await instance.happen(received('EVOLUTION4'));
  const [request] = await inbox.received();
  expect(request?.path).toMatch(/\/messages-upsert$/);
  expect(JSON.parse(request?.body ?? '')).toMatchObject({ destination: inbox.url });
});

test('an instance is created with its webhook, or not at all', async () => {
  const { apiKey: key, workspaceId } = await harness.newWorkspace();
  const path = '/compat/evolution/instance/create';
  const create = (url: string) => {
    const webhook = { url, byEvents: true, events: ['MESSAGES_UPSERT'], headers: { a: '1' } };
    const body = { instanceName: 'desk', mode: 'sandbox', webhook };
    return call('POST', path, { key, body });
  };
  expect(await create('http://10.0.0.1/hook')).toMatchObject({ status: 400 });
  const { url } = newInbox();
  expect(await create(url)).toMatchObject({
    status: 201,
    body: { webhook: { webhookUrl: url, webhookByEvents: true, webhookHeaders: { a: '1' } } },
  });
  expect(await endpointsOf(workspaceId)).toMatchObject([{ url }]);
});

test('a webhook is replaced, and removed', async () => {
  const instance = await newInstance();
  const [one, other] = [newInbox(), newInbox()];
  await instance.set({ enabled: true, url: one.url });
  await instance.set({ enabled: true, url: other.url, events: ['SEND_MESSAGE'] });
  expect(await endpointsOf(instance.workspaceId)).toMatchObject([{ url: other.url }]);
  expect(await instance.set({ enabled: false, url: other.url })).toMatchObject({
    status: 201,
    body: null,
  });
  expect((await instance.find()).body).toBeNull();
  expect(await endpointsOf(instance.workspaceId)).toEqual([]);
});

test('a URL that may not be called is refused', async () => {
  const instance = await newInstance();
  expect(await instance.set({ enabled: true, url: 'http://10.0.0.1/hook' })).toMatchObject({
    status: 400,
    body: { code: 'VALIDATION_ERROR', details: { fields: [{ field: 'webhook.url' }] } },
  });
});

test('setting a webhook is in the audit log with its instance, at once', async () => {
  const { workspaceId, sessionId, set } = await newInstance();
  expect(await set({ url: newInbox().url })).toMatchObject({ status: 201 });
  const rows = await harness.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.workspaceId, workspaceId));
  expect(rows).toContainEqual(
    expect.objectContaining({ action: 'evolutionSetWebhook', target: sessionId, status: 201 }),
  );
});

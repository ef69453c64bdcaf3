import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { REFUSED_URLS } from '../../egress/refused-urls.ts';
import { ENDPOINT_LIMIT } from '../../services/webhooks/create-webhook.ts';
import { createHarness } from '../../testing/harness.ts';
import { HOOK_URL, idOf, webhookClient } from './testing/webhook-client.ts';

const harness = await createHarness();
const { call, list, create } = webhookClient(harness);

describe('an endpoint', () => {
  it('is made with defaults, and shows its secret that once', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const made = await create(key);
    expect(made).toMatchObject({
      status: 201,
      data: {
        url: HOOK_URL,
        description: null,
        eventTypes: ['*'],
        sessionIds: null,
        headers: {},
        fifo: false,
        retryDelays: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400],
        maxAttempts: 8,
        isActive: true,
        secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      },
    });
    const { secret: _secret, ...shown } = made.data;
    expect((await call('GET', `/${idOf(made)}`, { key })).data).toEqual(shown);
    expect(await list(key)).toEqual([shown]);
  });

  it('takes sessions by id or name, and headers in any case', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId });
    const made = await create(key, {
      sessionIds: [session.name],
      eventTypes: ['message_received', 'session.*', 'session.*'],
      headers: { Authorization: 'Bearer x' },
      fifo: true,
      maxAttempts: 3,
    });
    expect(made.data).toMatchObject({
      sessionIds: [session.id],
      eventTypes: ['message_received', 'session.*'],
      headers: { authorization: 'Bearer x' },
      retryDelays: [5, 300],
      maxAttempts: 3,
    });
  });

  it('retries by a preset, delays of its own, or a number of attempts', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const made = await create(key, { retryDelays: 'quick' });
    expect(made.data).toMatchObject({ retryDelays: [5, 30, 120, 600], maxAttempts: 5 });
    const change = async (body: object) =>
      (await call('PATCH', `/${idOf(made)}`, { key, body })).data;
    const longest = [1, 86_400, 86_400, 86_399];
    expect(await change({ retryDelays: longest })).toMatchObject({ retryDelays: longest });
    expect(await change({ maxAttempts: 2 })).toMatchObject({ retryDelays: [5], maxAttempts: 2 });
    expect(await change({ retryDelays: [] })).toMatchObject({ retryDelays: [], maxAttempts: 1 });
    expect(await change({ description: 'x' })).toMatchObject({ maxAttempts: 1 });
  });

  it('changes what is given and leaves the rest', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const made = await create(key, { description: 'first' });
    const path = `/${idOf(made)}`;
    const body = { eventTypes: ['message.sent'], isActive: false };
    const changed = await call('PATCH', path, { key, body });
    expect(changed.data).toMatchObject({
      description: 'first',
      eventTypes: ['message.sent'],
      isActive: false,
      disabledReason: 'switched off by its owner',
      disabledAt: expect.any(String),
    });
    const back = await call('PATCH', path, { key, body: { isActive: true } });
    expect(back.data).toMatchObject({ isActive: true, disabledReason: null, disabledAt: null });
    expect((await call('PATCH', path, { key, body: {} })).status).toBe(200);
  });

  it('is deleted once', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const id = idOf(await create(key));
    expect(await call('DELETE', `/${id}`, { key })).toMatchObject({
      status: 200,
      data: { id, deleted: true },
    });
    expect(await call('DELETE', `/${id}`, { key })).toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
    expect((await call('GET', `/${id}`, { key })).status).toBe(404);
  });

  it('gets a new secret, the old one living on for the overlap', async () => {
    const { workspaceId, apiKey: key } = await harness.newWorkspace();
    const made = await create(key);
    const path = `/${idOf(made)}/rotate-secret`;
    const rotated = await call('POST', path, { key });
    expect(rotated.status).toBe(200);
    expect(rotated.data['secret']).not.toBe(made.data['secret']);
    const { webhookEndpoints } = harness.schema;
    const [row] = await harness.db
      .select()
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.id, idOf(made)));
    const { contentSeal } = harness.services();
    const kept = { secret: row?.secret, previousSecret: row?.previousSecret };
    expect(contentSeal.open(workspaceId, kept)).toEqual({
      secret: rotated.data['secret'],
      previousSecret: made.data['secret'],
    });
    const hours =
      (Date.parse(String(rotated.data['previousSecretUntil'])) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect((await call('POST', path, { key, body: { overlapSeconds: 0 } })).status).toBe(200);
    expect((await call('POST', path, { key, body: { overlapSeconds: -1 } })).status).toBe(422);
  });
});

/** What the connection, a proxy before the receiver, or Waypost itself says. */
const REFUSED_HEADERS = [
  'Cookie',
  'Set-Cookie',
  'Host',
  'Connection',
  'Keep-Alive',
  'Proxy-Authorization',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Expect',
  'Content-Length',
  'Content-Encoding',
  'Accept-Encoding',
  'Range',
  'If-None-Match',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Real-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'Webhook-Id',
  'X-Signature',
  'Upstash-Signature',
  'Traceparent',
];

describe('what is refused', () => {
  it('a URL of a private place, with the reason, at creation and at a change', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const env = { EGRESS_ALLOW: '', BASE_URL: 'https://gateway.example.com' };
    const path = `/${idOf(await create(key))}`;
    for (const url of REFUSED_URLS) {
      const refused = await call('POST', '', { key, env, body: { url } });
      expect(refused, url).toMatchObject({ status: 422, error: { code: 'VALIDATION_ERROR' } });
    }
    const [url] = REFUSED_URLS;
    expect(await call('PATCH', path, { key, env, body: { url } })).toMatchObject({
      status: 422,
      error: {
        message:
          'body.url: the address is not public (loopback); whoever runs Waypost can allow it: EGRESS_ALLOW=127.0.0.1:80',
      },
    });
    expect(await list(key)).toHaveLength(1);
  });

  it.each([
    [{ eventTypes: ['message.exploded'] }],
    [{ eventTypes: [] }],
    [{ headers: { 'webhook-signature': 'x' } }],
    [{ headers: { 'Content-Type': 'text/plain' } }],
    [{ headers: { Forwarded: 'for=10.0.0.1' } }],
    [{ headers: { 'bad name': 'x' } }],
    [{ headers: { 'x-ok': 'a\r\nb: c' } }],
    [{ maxAttempts: 0 }],
    [{ maxAttempts: 11 }],
    [{ maxAttempts: 2, retryDelays: [5] }],
    [{ retryDelays: 'never' }],
    [{ retryDelays: [0] }],
    [{ retryDelays: [1.5] }],
    [{ retryDelays: [86_401] }],
    [{ retryDelays: [86_400, 86_400, 86_400, 1] }],
    [{ retryDelays: Array.from({ length: 11 }, () => 1) }],
    [{ url: 7 }],
    [{ secret: 'whsec_mine' }],
  ])('%j', async (body) => {
    const { apiKey: key } = await harness.newWorkspace();
    expect(await create(key, body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
    });
  });

  it.each(REFUSED_HEADERS)('the header %s', async (name) => {
    const { apiKey: key } = await harness.newWorkspace();
    expect(await create(key, { headers: { [name]: 'x' } })).toMatchObject({
      status: 422,
      error: {
        message: expect.stringContaining('is a header that Waypost or the connection sets'),
      },
    });
  });

  it('a session that is not there, or is another workspace’s', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const stranger = await harness.newWorkspace();
    const session = await harness.newSession({ workspaceId: stranger.workspaceId });
    for (const name of ['nobody', session.id])
      expect(await create(key, { sessionIds: [name] })).toMatchObject({
        status: 404,
        error: { code: 'SESSION_NOT_FOUND', details: { sessions: [name] } },
      });
  });

  it('one endpoint more than a workspace may have, also when they are made at once', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    await harness.db.insert(harness.schema.webhookEndpoints).values(
      Array.from({ length: ENDPOINT_LIMIT - 3 }, (_, index) => ({
        id: `whk_${workspaceId}_${index}`,
        workspaceId,
        url: HOOK_URL,
        secret: 'whsec_x',
        eventTypes: ['*'],
      })),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(key)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(answer).toMatchObject({ status: 403, error: { code: 'LIMIT_EXCEEDED' } });
  });
});

import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REFUSED_URLS } from '../../egress/refused-urls.ts';
import { deliver } from '../../services/deliveries/deliver.ts';
import { ENDPOINT_LIMIT } from '../../services/webhooks/create-webhook.ts';
import { createHarness, type Harness, type TestRequest } from '../../testing/harness.ts';
import { newInbox } from '../../testing/receiver.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});

const Answer = z.object({
  success: z.boolean(),
  data: z.record(z.string(), z.unknown()).default({}),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.unknown().optional() })
    .optional(),
});

const call = async (method: string, path: string, options: TestRequest = {}) => {
  const response = await harness.request(method, `/v1/webhooks${path}`, options);
  return { status: response.status, ...Answer.parse(await response.json()) };
};

const list = async (key: string): Promise<unknown[]> => {
  const response = await harness.request('GET', '/v1/webhooks', { key });
  return z.object({ data: z.array(z.unknown()) }).parse(await response.json()).data;
};

const URL_ = 'https://receiver.example/hook';
const create = (key: string, body: Record<string, unknown> = {}) =>
  call('POST', '', { key, body: { url: URL_, ...body } });

const idOf = (answer: { data: Record<string, unknown> }) => String(answer.data['id']);

describe('an endpoint', () => {
  it('is made with defaults, and shows its secret that once', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const made = await create(key);
    expect(made).toMatchObject({
      status: 201,
      data: {
        url: URL_,
        description: null,
        eventTypes: ['*'],
        sessionIds: null,
        headers: {},
        fifo: false,
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
    });
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
    });
    const back = await call('PATCH', path, { key, body: { isActive: true } });
    expect(back.data).toMatchObject({ isActive: true, disabledReason: null });
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
    const { apiKey: key } = await harness.newWorkspace();
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
    expect(row).toMatchObject({
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

describe('a test event', () => {
  it('goes to this endpoint alone, signed, and stands in its deliveries', async () => {
    const { apiKey: key, workspaceId } = await harness.newWorkspace();
    const inbox = newInbox();
    await create(key, { url: newInbox().url });
    const made = await create(key, { url: inbox.url, eventTypes: ['message.sent'] });
    const sent = await call('POST', `/${idOf(made)}/test`, { key });
    expect(sent.status).toBe(202);
    const { deliveries } = harness.schema;
    const rows = await harness.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.workspaceId, workspaceId));
    expect(rows.map(({ id }) => id)).toEqual([sent.data['deliveryId']]);

    const input = { endpointId: idOf(made), notBefore: null };
    await deliver({ services: harness.services(), input });
    const [request] = await inbox.received();
    const verifier = new Webhook(String(made.data['secret']));
    expect(verifier.verify(request?.body ?? '', request?.headers ?? {})).toMatchObject({
      id: sent.data['eventId'],
      type: 'webhook.test',
      data: { webhookId: idOf(made) },
    });
    const page = await harness.request('GET', `/v1/webhooks/${idOf(made)}/deliveries`, { key });
    expect(await page.json()).toMatchObject({
      data: [
        {
          id: sent.data['deliveryId'],
          eventId: sent.data['eventId'],
          eventType: 'webhook.test',
          status: 'delivered',
          nextAttemptAt: null,
          attempts: [{ attemptNo: 1, statusCode: 200 }],
        },
      ],
      meta: { nextCursor: null },
    });
  });

  it('is refused while the endpoint is switched off', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const path = `/${idOf(await create(key))}`;
    await call('PATCH', path, { key, body: { isActive: false } });
    expect(await call('POST', `${path}/test`, { key })).toMatchObject({
      status: 409,
      error: { code: 'CONFLICT' },
    });
  });
});

describe('test events that nobody has received yet', () => {
  it('are ten at most, however many are asked for at once; an ended one makes room', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const id = idOf(await create(key));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', `/${id}/test`, { key })),
    );
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused).toHaveLength(10);
    for (const answer of refused)
      expect(answer).toMatchObject({
        status: 429,
        error: { code: 'QUEUE_FULL', details: { limit: 10 } },
      });
    const { deliveries } = harness.schema;
    const [first] = answers.filter(({ status }) => status === 202);
    await harness.db
      .update(deliveries)
      .set({ status: 'failed' })
      .where(eq(deliveries.id, String(first?.data['deliveryId'])));
    expect((await call('POST', `/${id}/test`, { key })).status).toBe(202);
  });
});

describe('the list of deliveries', () => {
  it('comes in pages, newest first, and by status', async () => {
    const { apiKey: key } = await harness.newWorkspace();
    const id = idOf(await create(key));
    const sent: unknown[] = [];
    for (let time = 0; time < 3; time += 1)
      sent.unshift((await call('POST', `/${id}/test`, { key })).data['deliveryId']);
    const Page = z.object({
      data: z.array(z.object({ id: z.string() })),
      meta: z.object({ nextCursor: z.string().nullable() }),
    });
    const page = async (query: string) => {
      const response = await harness.request('GET', `/v1/webhooks/${id}/deliveries?${query}`, {
        key,
      });
      return Page.parse(await response.json());
    };
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.meta.nextCursor}`);
    expect([...first.data, ...second.data].map((row) => row.id)).toEqual(sent);
    expect(second.meta.nextCursor).toBeNull();
    expect((await page('status=delivered')).data).toEqual([]);
  });
});

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
    [{ headers: { 'bad name': 'x' } }],
    [{ headers: { 'x-ok': 'a\r\nb: c' } }],
    [{ maxAttempts: 0 }],
    [{ maxAttempts: 11 }],
    [{ url: 7 }],
    [{ secret: 'whsec_mine' }],
  ])('%j', async (body) => {
    const { apiKey: key } = await harness.newWorkspace();
    expect(await create(key, body)).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
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
        url: URL_,
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

describe('who may do what', () => {
  const routes = (id: string): [string, string, unknown?][] => [
    ['GET', `/${id}`],
    ['PATCH', `/${id}`, { description: 'mine' }],
    ['DELETE', `/${id}`],
    ['POST', `/${id}/test`],
    ['POST', `/${id}/rotate-secret`],
    ['GET', `/${id}/deliveries`],
  ];

  it('nobody without a key, and no other workspace', async () => {
    const owner = await harness.newWorkspace();
    const stranger = await harness.newWorkspace();
    const id = idOf(await create(owner.apiKey));
    for (const [method, path, body] of [...routes(id), ['POST', '', { url: URL_ }] as const]) {
      const answer = await call(method, path, { body });
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
    for (const [method, path, body] of routes(id)) {
      const answer = await call(method, path, { key: stranger.apiKey, body });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    expect(await list(stranger.apiKey)).toEqual([]);
    expect(await list(owner.apiKey)).toHaveLength(1);
  });

  it('a key to read only reads', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const id = idOf(await create(apiKey));
    const { apiKey: reader } = await harness.newKey(workspaceId, { scopes: ['webhooks:read'] });
    const { apiKey: other } = await harness.newKey(workspaceId, { scopes: ['messages:send'] });
    for (const [method, path, body] of routes(id)) {
      const wanted = method === 'GET' ? 200 : 403;
      expect(
        (await harness.request(method, `/v1/webhooks${path}`, { key: reader, body })).status,
      ).toBe(wanted);
      expect((await call(method, path, { key: other, body })).status).toBe(403);
    }
  });

  it('a key pinned to a session has that one’s endpoints only', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const mine = await harness.newSession({ workspaceId });
    const other = await harness.newSession({ workspaceId });
    const { apiKey: pinned } = await harness.newKey(workspaceId, { sessionId: mine.id });
    const all = idOf(await create(apiKey));
    expect((await create(pinned)).data).toMatchObject({ sessionIds: [mine.id] });
    expect(await create(pinned, { sessionIds: [other.id] })).toMatchObject({ status: 403 });
    expect((await call('GET', `/${all}`, { key: pinned })).status).toBe(404);
    expect(await list(pinned)).toHaveLength(1);
    expect(await list(apiKey)).toHaveLength(2);
  });

  it('a test key has its own endpoints only', async () => {
    const { apiKey, workspaceId } = await harness.newWorkspace();
    const { apiKey: test } = await harness.newKey(workspaceId, { mode: 'test' });
    const live = idOf(await create(apiKey));
    await create(test);
    expect((await call('GET', `/${live}`, { key: test })).status).toBe(404);
    expect(await list(test)).toHaveLength(1);
    expect(await list(apiKey)).toHaveLength(2);
  });
});

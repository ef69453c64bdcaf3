import { eq } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EVENTS } from '../../../shared/catalogue/events/index.ts';
import { deliver } from '../../services/deliveries/deliver.ts';
import { createHarness } from '../../testing/harness.ts';
import { newInbox } from '../../testing/receiver.ts';
import { idOf, webhookClient } from './testing/webhook-client.ts';

const harness = await createHarness();
const { call, create } = webhookClient(harness);

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

  it.each([
    ['message.received', 'message.received'],
    ['message_received', 'message.received'],
    ['session.qr', 'session.qr'],
  ] as const)(
    'arrives as a sample of %s, and is no such event for anybody else',
    async (name, type) => {
      const { apiKey: key } = await harness.newWorkspace();
      const inbox = newInbox();
      const made = await create(key, { url: inbox.url, eventTypes: ['message.sent'] });
      const sent = await call('POST', `/${idOf(made)}/test`, { key, body: { type: name } });
      const input = { endpointId: idOf(made), notBefore: null };
      await deliver({ services: harness.services(), input });
      const [request] = await inbox.received();
      expect(request?.headers).toMatchObject({ 'webhook-test': 'true' });
      const verifier = new Webhook(String(made.data['secret']));
      expect(verifier.verify(request?.body ?? '', request?.headers ?? {})).toMatchObject({
        id: sent.data['eventId'],
        type: name,
        data: EVENTS[type].example,
      });
      const feed = await harness.call('GET', '/v1/events', { key });
      expect(feed.data).toMatchObject([{ type: 'webhook.test', data: { sample: name } }]);
    },
  );

  it.each(['message.*', '*', 'message.exploded', ''])('of "%s" is refused', async (type) => {
    const { apiKey: key } = await harness.newWorkspace();
    const path = `/${idOf(await create(key))}/test`;
    expect(await call('POST', path, { key, body: { type } })).toMatchObject({
      status: 422,
      error: { code: 'VALIDATION_ERROR' },
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

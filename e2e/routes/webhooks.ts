import { expect, it } from 'vitest';
import { z } from 'zod';
import { listedIn, shownIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { until } from '../testing/until.ts';

export function webhookRoutes(running: () => Deployment): void {
  covers(
    'POST /v1/webhooks',
    'GET /v1/webhooks',
    'GET /v1/webhooks/{id}',
    'PATCH /v1/webhooks/{id}',
    'POST /v1/webhooks/{id}/rotate-secret',
    'POST /v1/webhooks/{id}/test',
    'GET /v1/webhooks/{id}/deliveries',
    'GET /v1/deliveries/{id}',
    'POST /v1/deliveries/{id}/redeliver',
    'POST /v1/webhooks/{id}/redeliver',
    'DELETE /v1/webhooks/{id}',
    'GET /v1/events/samples/{type}',
    'POST /v1/hooks',
    'DELETE /v1/hooks/{id}',
  );

  it('an endpoint is shown, changed, tested with its new secret, and deleted', async () => {
    const { api, inspector } = running();
    const box = 'routes';
    const made = await api.call('POST', '/v1/webhooks', {
      body: { url: inspector.url(box), eventTypes: ['message.sent'] },
    });
    const { id, secret } = made.data(z.object({ id: z.string(), secret: z.string() }));
    const path = `/v1/webhooks/${id}`;
    await api.call('PATCH', path, { body: { description: 'Till', eventTypes: ['webhook.*'] } });
    const changed = { id, description: 'Till', eventTypes: ['webhook.*'] };
    expect(shownIn(await api.call('GET', path))).toMatchObject(changed);
    expect(listedIn(await api.call('GET', '/v1/webhooks'))).toContainEqual(
      expect.objectContaining(changed),
    );

    const rotated = await api.call('POST', `${path}/rotate-secret`, {
      body: { overlapSeconds: 0 },
    });
    const { secret: next } = rotated.data(z.object({ secret: z.string() }));
    expect(next).not.toBe(secret);
    await inspector.setSecret(box, next);
    expect((await api.call('POST', `${path}/test`)).status).toBe(202);
    const received = await inspector.waitFor(
      box,
      'the test event',
      ({ event }) => event.type === 'webhook.test',
    );
    expect(received.signature).toMatchObject({ standardWebhooks: 'valid' });
    const delivered = await until('the delivery to be noted', async () => {
      const all = listedIn(await api.call('GET', `${path}/deliveries`));
      return all.find(({ status }) => status === 'delivered');
    });
    expect(delivered).toMatchObject({ eventType: 'webhook.test' });

    const delivery = `/v1/deliveries/${String(delivered['id'])}`;
    const attempts = (count: number) =>
      until(`attempt ${count}`, async () => {
        const shown = shownIn(await api.call('GET', delivery));
        const { attempts: made } = z.object({ attempts: z.array(z.unknown()) }).parse(shown);
        return made.length === count && shown['status'] === 'delivered' ? made : undefined;
      });
    await attempts(1);
    expect((await api.call('POST', `${delivery}/redeliver`)).status).toBe(202);
    await attempts(2);
    const again = { body: { deliveryIds: [delivered['id']] } };
    expect((await api.call('POST', `${path}/redeliver`, again)).status).toBe(202);
    expect(await attempts(3)).toMatchObject([
      { requestHeaders: { 'webhook-id': received.event.id } },
      {},
      {},
    ]);

    expect(shownIn(await api.call('DELETE', path))).toMatchObject({ deleted: true });
    expect((await api.call('GET', path)).error().code).toBe('NOT_FOUND');
  });

  it('a REST hook is subscribed and unsubscribed, as often as one likes', async () => {
    const { api, inspector } = running();
    const body = { url: inspector.url('hook'), eventTypes: ['message.sent'] };
    const [first, again] = [
      await api.call('POST', '/v1/hooks', { body }),
      await api.call('POST', '/v1/hooks', { body }),
    ].map((answer) => answer.data(z.object({ id: z.string() })).id);
    expect(again).toBe(first);
    for (let time = 0; time < 2; time += 1)
      expect((await api.call('DELETE', `/v1/hooks/${first}`)).status).toBe(200);
  });

  it('an event has a sample', async () => {
    const sample = await running().api.call('GET', '/v1/events/samples/message.received');
    expect(shownIn(sample)).toMatchObject({ type: 'message.received' });
  });
}

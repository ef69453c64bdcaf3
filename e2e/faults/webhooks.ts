import { expect, it } from 'vitest';
import { z } from 'zod';
import { idIn } from '../testing/answers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { RED_DOT_BASE64 } from '../testing/file-server.ts';
import { qstashOf } from '../testing/qstash.ts';
import { until } from '../testing/until.ts';

const hasFile = (data: object, status: string): boolean =>
  z.object({ media: z.object({ status: z.literal(status) }) }).safeParse(data).success;

/** What webhooks owe their receivers when a part that they depend on is gone. */
export function webhookFaults(
  running: () => Deployment,
  pidOf: (name: string) => Promise<number>,
): void {
  it('QStash killed with -9 while a webhook waits: delivered after its restart', async () => {
    const { api, inspector } = running();
    const { sessionId } = await running().facts();
    await inspector.behave('qstash-killed', { failFirst: 1, headers: { 'retry-after': '6' } });
    const endpoint = (
      await api.call('POST', '/v1/webhooks', {
        body: { url: inspector.url('qstash-killed'), eventTypes: ['message.received'] },
      })
    ).data(z.object({ id: z.string() }));
    await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, {
      body: { from: '+15550100003', text: 'a webhook that waits' },
    });
    const first = await inspector.waitFor('qstash-killed', 'the first attempt', () => true);
    expect(first.status).toBe(500);
    const qstash = await qstashOf(running());
    await until('QStash to hold the second attempt', async () => {
      const { logs } = await qstash.logs();
      return logs.some(
        ({ state, time }) => state === 'CREATED' && time > Date.parse(first.receivedAt),
      )
        ? true
        : undefined;
    });
    process.kill(await pidOf('qstash'), 'SIGKILL');
    const second = await inspector.waitFor('qstash-killed', 'the second attempt', () => true, {
      after: first.id,
    });
    expect(second.status).toBe(200);
    expect(second.event.id).toBe(first.event.id);
    await api.call('DELETE', `/v1/webhooks/${endpoint.id}`);
  });

  it('object storage that stands still holds nothing up: messages come, and the file once it can be stored', async () => {
    const { api, inspector } = running();
    const { sessionId } = await running().facts();
    const box = 'storage-frozen';
    const endpoint = idIn(
      await api.call('POST', '/v1/webhooks', {
        body: { url: inspector.url(box), eventTypes: ['message.received', 'message.media'] },
      }),
    );
    const write = (body: object) =>
      api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, {
        body: { from: '+15550100004', ...body },
      });
    const storage = await pidOf('objects');
    process.kill(storage, 'SIGSTOP');
    try {
      const media = { base64: RED_DOT_BASE64, mimetype: 'image/png', filename: 'dot.png' };
      await write({ type: 'image', media });
      await write({ text: 'after the picture' });
      const picture = await inspector.waitFor(box, 'the picture', ({ event: { data } }) =>
        hasFile(data, 'pending'),
      );
      const text = await inspector.waitFor(
        box,
        'the text',
        ({ event: { data } }) => 'text' in data && data.text === 'after the picture',
      );
      expect(text.event.seq).toBeGreaterThan(picture.event.seq);
    } finally {
      process.kill(storage, 'SIGCONT');
    }
    const { event } = await inspector.waitFor(
      box,
      'its file',
      ({ event: { type, data } }) => type === 'message.media' && hasFile(data, 'ready'),
    );
    expect(event.data).toMatchObject({ media: { sizeBytes: 85 } });
    await api.call('DELETE', `/v1/webhooks/${endpoint}`);
  });

  it('a receiver that answers 500: the next attempt is freshly signed and carries the same event id', async () => {
    const { api, inspector } = running();
    const { sessionId } = await running().facts();
    await inspector.behave('answers-500', { failFirst: 1 });
    const endpoint = (
      await api.call('POST', '/v1/webhooks', {
        body: { url: inspector.url('answers-500'), eventTypes: ['message.received'] },
      })
    ).data(z.object({ id: z.string(), secret: z.string() }));
    await inspector.setSecret('answers-500', endpoint.secret);
    await api.call('POST', `/v1/sessions/${sessionId}/sandbox/messages`, {
      body: { from: '+15550100003', text: 'two attempts' },
    });
    await inspector.waitFor('answers-500', 'the second attempt', ({ status }) => status === 200);
    const attempts = await inspector.all('answers-500');
    expect(attempts.map(({ status }) => status)).toEqual([500, 200]);
    expect(new Set(attempts.map(({ event }) => event.id)).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(2);
    for (const { signature } of attempts)
      expect(signature).toEqual({ xSignature: 'valid', standardWebhooks: 'valid' });
    await api.call('DELETE', `/v1/webhooks/${endpoint.id}`);
  });
}

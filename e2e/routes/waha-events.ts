import { createHmac } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import { reportCall } from '../testing/called.ts';
import type { Deployment } from '../testing/deployment.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { onlineSession } from '../testing/session.ts';

const ADA = '15550100001';
const KEY = 'key-of-a-webhook';
const Frame = z.looseObject({
  id: z.string(),
  event: z.string(),
  session: z.literal('waha-events'),
  metadata: z.record(z.string(), z.string()),
  me: z.object({ id: z.string(), pushName: z.string().nullable() }),
  payload: z.looseObject({}),
});
const Media = z.object({ media: z.object({ url: z.string(), mimetype: z.string() }) });

/** What WAHA's clients are sent: webhooks, and frames of a WebSocket. */
export function wahaEvents(running: () => Deployment): void {
  covers('GET /compat/waha/api/ws');

  let session: { id: string; phoneNumber: string };
  const box = 'waha-events';
  beforeAll(async () => {
    session = await onlineSession(running(), 'waha-events');
    const { api, inspector } = running();
    const webhook = {
      url: inspector.url(box),
      events: ['message', 'message.any', 'message.ack'],
      hmac: { key: KEY },
      retries: { policy: 'constant', delaySeconds: 2, attempts: 15 },
    };
    const config = { metadata: { 'user.id': '123' }, webhooks: [webhook] };
    const path = '/compat/waha/api/sessions/waha-events';
    jsonIn(await api.call('PUT', path, { body: { config } }));
  });

  const receive = (said: Record<string, unknown>) =>
    running().api.call('POST', `/v1/sessions/${session.id}/sandbox/messages`, {
      body: { from: `+${ADA}`, ...said },
    });
  const frameOf = (body: string) => Frame.parse(JSON.parse(body));

  it('a message reaches the webhook, signed, and so does what becomes of a message', async () => {
    await receive({ text: 'Hello from Ada' });
    for (const name of ['message', 'message.any']) {
      const { headers, body } = await running().inspector.waitForRequest(box, name, (request) => {
        const { event, payload } = frameOf(request.body);
        return event === name && payload['body'] === 'Hello from Ada';
      });
      const frame = frameOf(body);
      expect(frame).toMatchObject({
        metadata: { 'user.id': '123' },
        me: { id: `${session.phoneNumber}@c.us` },
        payload: { from: `${ADA}@c.us`, fromMe: false },
      });
      expect(headers).toMatchObject({
        'x-webhook-hmac': createHmac('sha512', KEY).update(body).digest('hex'),
        'x-webhook-hmac-algorithm': 'sha512',
      });
    }
    const said = { session: 'waha-events', chatId: `${ADA}@c.us`, text: 'Hello' };
    const sent = await running().api.call('POST', '/compat/waha/api/sendText', { body: said });
    const { id } = z.looseObject({ id: z.string() }).parse(jsonIn(sent, 201));
    for (const name of ['message.ack', 'message.any'])
      await running().inspector.waitForRequest(box, name, (request) => {
        const { event, payload } = frameOf(request.body);
        return event === name && payload['id'] === id;
      });
  });

  it('a file has a link that works with the key and without it', async () => {
    await receive({
      type: 'image',
      text: 'Look',
      media: { base64: PIXEL, mimetype: 'image/png' },
    });
    const { body } = await running().inspector.waitForRequest(box, 'the picture', (request) => {
      const { event, payload } = frameOf(request.body);
      return event === 'message' && payload['hasMedia'] === true;
    });
    const { media } = Media.parse(frameOf(body).payload);
    const { apiKey } = await running().facts();
    for (const headers of [{}, { 'x-api-key': apiKey }]) {
      const file = await fetch(media.url, { headers });
      expect(file.status).toBe(200);
      expect(Buffer.from(await file.arrayBuffer()).toString('base64')).toBe(PIXEL);
    }
  });

  it('a WebSocket gets the same', async () => {
    const { apiUrl, apiKey } = await running().facts();
    const address = new URL('/compat/waha/ws', apiUrl.replace(/^http/, 'ws'));
    address.search = new URLSearchParams({
      session: 'waha-events',
      events: 'message',
      'x-api-key': apiKey,
    }).toString();
    const socket = new WebSocket(address);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener('open', () => opened.resolve());
    socket.addEventListener('error', () => opened.reject(new Error('the socket was refused')));
    const arrived = Promise.withResolvers<string>();
    socket.addEventListener('message', ({ data }) => arrived.resolve(String(data)));
    await opened.promise;
    reportCall({ method: 'GET', path: '/compat/waha/api/ws', status: 101 });
    await receive({ text: 'Over the socket' });
    expect(frameOf(await arrived.promise)).toMatchObject({
      event: 'message',
      payload: { body: 'Over the socket' },
    });
    socket.close();
  });
}

import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn } from '../testing/answers.ts';
import { covers } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';
import { PIXEL } from '../testing/sample-files.ts';
import { onlineSession } from '../testing/session.ts';

const ADA = '15550100001';
const JID = `${ADA}@s.whatsapp.net`;
const BASE = '/compat/evolution';
const Frame = z.looseObject({
  event: z.string(),
  instance: z.literal('evolution-events'),
  // Of a list of things, such as contacts, no test here asks for more.
  data: z.looseObject({}).or(z.array(z.unknown()).transform(() => ({}))),
  apikey: z.null(),
});
const Sent = z.looseObject({ key: z.looseObject({ id: z.string() }) });
const Update = z.looseObject({ keyId: z.string() });

/** What Evolution's clients are sent. */
export function evolutionEvents(running: () => Deployment): void {
  covers(
    'POST /compat/evolution/webhook/set/{instance}',
    'GET /compat/evolution/webhook/find/{instance}',
  );

  let session: { id: string; phoneNumber: string };
  const box = 'evolution-events';
  const frameOf = (body: string) => Frame.parse(JSON.parse(body));
  const receive = (said: Record<string, unknown>) =>
    running().api.call('POST', `/v1/sessions/${session.id}/sandbox/messages`, {
      body: { from: `+${ADA}`, ...said },
    });

  beforeAll(async () => {
    session = await onlineSession(running(), 'evolution-events');
    const { api, inspector } = running();
    const webhook = { enabled: true, url: inspector.url(box), base64: true, events: [] };
    const body = { webhook };
    jsonIn(await api.call('POST', `${BASE}/webhook/set/evolution-events`, { body }), 201);
  });

  it('a message reaches the webhook, with its file', async () => {
    const { inspector, api } = running();
    const found = jsonIn(await api.call('GET', `${BASE}/webhook/find/evolution-events`));
    expect(found).toMatchObject({ enabled: true, url: inspector.url(box), webhookBase64: true });
    await receive({
      type: 'image',
      text: 'Look',
      media: { base64: PIXEL, mimetype: 'image/png' },
    });
    const { body } = await inspector.waitForRequest(
      box,
      'the picture',
      (request) => frameOf(request.body).event === 'messages.upsert',
    );
    expect(frameOf(body)).toMatchObject({
      sender: `${session.phoneNumber}@s.whatsapp.net`,
      destination: inspector.url(box),
      data: {
        key: { remoteJid: JID, fromMe: false },
        messageType: 'imageMessage',
        message: { imageMessage: { caption: 'Look', mimetype: 'image/png' }, base64: PIXEL },
        instanceId: session.id,
      },
    });
  });

  it('what the instance sends, and what becomes of it, reach the webhook', async () => {
    const { inspector, api } = running();
    const body = { number: ADA, text: 'Hello' };
    const answer = await api.call('POST', `${BASE}/message/sendText/evolution-events`, { body });
    const { key } = Sent.parse(jsonIn(answer, 201));
    await inspector.waitForRequest(box, 'send.message', (request) => {
      const { event, data } = frameOf(request.body);
      return event === 'send.message' && Sent.safeParse(data).data?.key.id === key.id;
    });
    const update = await inspector.waitForRequest(box, 'messages.update', (request) => {
      const { event, data } = frameOf(request.body);
      return event === 'messages.update' && Update.safeParse(data).data?.keyId === key.id;
    });
    expect(frameOf(update.body).data).toMatchObject({ remoteJid: JID, fromMe: true });
  });
}

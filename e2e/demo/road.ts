import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Deployment } from '../testing/deployment.ts';
import { isAbout, type Received } from '../testing/inspector-client.ts';

const ECHO_NUMBER = '+15550100010';
const HOP_WITHIN_MS = 20_000;

const Message = z.object({ id: z.string(), status: z.string(), sessionId: z.string() });
const Session = z.object({
  id: z.string(),
  status: z.string(),
  phoneNumber: z.string().nullable(),
});

/** A hop of the road that a message did not get over. */
export class HopFailed extends Error {
  readonly hop: string;
  constructor(hop: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : 'it did not happen in time', { cause });
    this.name = 'HopFailed';
    this.hop = hop;
  }
}

/** Sends a message, follows it over every hop to the last webhook, and tells each with its time. */
export async function walkTheRoad(
  deployment: Deployment,
  tell: (line: string) => void,
): Promise<void> {
  const { api, inspector } = deployment;
  const { sessionId } = await deployment.facts();
  const box = `demo-${Date.now().toString(36)}`;
  let startedAt = performance.now();

  const hop = async <T>(name: string, walk: () => Promise<T>): Promise<T> => {
    try {
      const result = await walk();
      tell(`${(performance.now() - startedAt).toFixed(0).padStart(6)} ms  ${name}`);
      return result;
    } catch (error) {
      throw new HopFailed(name, error);
    }
  };
  const webhook = (type: string, fits: (received: Received) => boolean = () => true) =>
    inspector.waitFor(box, type, (received) => received.event.type === type && fits(received), {
      withinMs: HOP_WITHIN_MS,
    });

  tell('\n1. The deployment');
  await hop('the Worker answers, and every dependency is ready', async () => {
    const ready = await api.call('GET', '/ready', { key: null });
    if (ready.status !== 200) throw new Error(ready.text);
  });
  const session = await hop(
    'the sandbox session is online (real Chromium, simulated WhatsApp Web)',
    async () => {
      const found = (await api.call('GET', `/v1/sessions/${sessionId}`)).data(Session);
      if (found.status !== 'online') throw new Error(`it is ${found.status}`);
      return found;
    },
  );
  const endpoint = await hop('a webhook endpoint is there: the inspector', async () =>
    (
      await api.call('POST', '/v1/webhooks', {
        body: { url: inspector.url(box), eventTypes: ['*'], description: 'demo' },
      })
    ).data(z.object({ id: z.string(), secret: z.string() })),
  );

  tell('\n2. Out: API → Worker → Postgres → runner → whatsapp-web.js → WhatsApp');
  startedAt = performance.now();
  const sent = await hop('POST /v1/messages/text was accepted', async () => {
    const answer = await api.call('POST', '/v1/messages/text', {
      body: { sessionId, to: ECHO_NUMBER, text: 'Hello from the demo' },
    });
    return answer.data(Message);
  });
  const isOurs = isAbout(sent.id);
  await hop('message.sent reached the webhook: WhatsApp has it (ack 1)', () =>
    webhook('message.sent', isOurs),
  );
  await hop('message.delivered: the phone has it (ack 2)', () =>
    webhook('message.delivered', isOurs),
  );
  await hop('message.read: it was read (ack 3)', () => webhook('message.read', isOurs));
  await hop('GET /v1/messages/:id says read', async () => {
    const { status } = (await api.call('GET', `/v1/messages/${sent.id}`)).data(Message);
    if (status !== 'read') throw new Error(`it says ${status}`);
  });

  tell('\n3. In: WhatsApp → whatsapp-web.js → runner → Worker → Postgres → QStash → your webhook');
  const answered = await hop('the other person answered: message.received', () =>
    webhook('message.received'),
  );
  await hop('its signature verifies', async () => {
    new Webhook(endpoint.secret).verify(answered.body, answered.headers);
  });
  startedAt = performance.now();
  const { messageId } = z.object({ messageId: z.string() }).parse(answered.event.data);
  const reply = await hop('POST /v1/messages/:id/reply, waiting until it is sent', async () => {
    const replied = await api.call('POST', `/v1/messages/${messageId}/reply`, {
      body: { text: 'And a reply, quoting yours' },
      headers: { prefer: 'wait=15' },
    });
    if (replied.status !== 200) throw new Error(`answered ${replied.status}: ${replied.text}`);
    return replied.data(Message);
  });
  await hop('message.read of the reply', () => webhook('message.read', isAbout(reply.id)));
  await api.call('DELETE', `/v1/webhooks/${endpoint.id}`);
  tell(`\n   ${session.phoneNumber ?? 'the sandbox phone'} → ${ECHO_NUMBER}: message ${sent.id}`);
}

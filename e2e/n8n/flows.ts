import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn } from '../testing/answers.ts';
import { type Deployment, startDeployment } from '../testing/deployment.ts';
import { freePort } from '../testing/free-port.ts';
import { onlineSession } from '../testing/session.ts';
import { until } from '../testing/until.ts';
import { type World, worldOf } from '../testing/world.ts';
import { type N8n, newN8n } from './process.ts';

/* The flows of the guides, imported as they stand there into an unmodified n8n, beside a running deployment. */
const FLOWS = [
  'n8n/send',
  'n8n/answer',
  'migrate/n8n/gateway',
  'migrate/n8n/waha',
  'migrate/n8n/evolution',
];
/** Of these, what waits for webhooks. */
const RECEIVING = ['waypost-answer', 'waypost-waha', 'waypost-evolution'];
const docs = join(import.meta.dirname, '..', '..', 'docs');
const ALICE = '15550100001@c.us';
const HMAC_KEY = 'key-of-a-webhook';

let deployment: Deployment;
let n8n: N8n;
let world: World;
let groupId: string;
let endpoint: { id: string; secret: string };

beforeAll(async () => {
  const port = await freePort();
  [deployment, n8n] = await Promise.all([
    startDeployment({ environment: { EGRESS_ALLOW: `127.0.0.1:${port}` } }),
    newN8n(port),
  ]);
  const { api } = deployment;
  const { sessionId, apiKey } = await deployment.facts();
  const { phoneNumber } = await onlineSession(deployment, 'default');
  world = await worldOf(deployment, phoneNumber);
  const made = await api.call('POST', '/v1/groups', {
    body: { sessionId, subject: 'Order desk', members: [`+${ALICE.slice(0, 11)}`] },
  });
  groupId = made.data(z.object({ group: z.object({ id: z.string() }) })).group.id;
  endpoint = await endpointFor(sessionId);
  await webhooksOfOthers();

  await n8n.importAll('credentials', credentials(apiKey, endpoint.secret));
  const flows = await Promise.all(FLOWS.map(readFlow));
  await n8n.importAll('workflow', flows);
  for (const id of RECEIVING) await n8n.command('publish:workflow', `--id=${id}`);
  await n8n.start();
});
afterAll(async () => {
  await n8n.dispose();
  await deployment.dispose();
});

async function endpointFor(sessionId: string): Promise<{ id: string; secret: string }> {
  const url = `${n8n.url}/webhook/waypost`;
  const body = { url, eventTypes: ['message.received'], sessionIds: [sessionId] };
  const made = await deployment.api.call('POST', '/v1/webhooks', { body });
  return made.data(z.object({ id: z.string(), secret: z.string() }));
}

/** Webhooks of the session `default`, as clients of other systems make them. */
async function webhooksOfOthers(): Promise<void> {
  const { api } = deployment;
  const waha = { url: `${n8n.url}/webhook/waha`, events: ['message'], hmac: { key: HMAC_KEY } };
  const session = '/compat/waha/api/sessions/default';
  jsonIn(await api.call('PUT', session, { body: { config: { webhooks: [waha] } } }));
  const evolution = {
    enabled: true,
    url: `${n8n.url}/webhook/evolution`,
    events: ['MESSAGES_UPSERT'],
    headers: { jwt_key: HMAC_KEY },
  };
  const set = '/compat/evolution/webhook/set/default';
  jsonIn(await api.call('POST', set, { body: { webhook: evolution } }), 201);
}

/** What the guides say to create, under the names that the flows know. */
const credentials = (apiKey: string, secret: string) => [
  { id: 'waypost', name: 'Waypost', type: 'httpBearerAuth', data: { token: apiKey } },
  {
    id: 'waypost-secret',
    name: 'Waypost webhook secret',
    type: 'crypto',
    data: { hmacSecret: secret },
  },
  {
    id: 'waypost-waha',
    name: 'Waypost as WAHA',
    type: 'httpHeaderAuth',
    data: { name: 'X-Api-Key', value: apiKey },
  },
  {
    id: 'waypost-waha-hmac',
    name: 'WAHA webhook key',
    type: 'crypto',
    data: { hmacSecret: HMAC_KEY },
  },
  {
    id: 'waypost-evolution',
    name: 'Waypost as Evolution',
    type: 'httpHeaderAuth',
    data: { name: 'apikey', value: apiKey },
  },
  {
    id: 'waypost-evolution-jwt',
    name: 'Evolution webhook key',
    type: 'jwtAuth',
    data: { keyType: 'passphrase', secret: HMAC_KEY, algorithm: 'HS256' },
  },
];

/** A flow with what its guide says to replace. */
async function readFlow(name: string): Promise<{ id: string }> {
  const text = await readFile(join(docs, `${name}.json`), 'utf8');
  const { apiUrl } = await deployment.facts();
  const flow = text
    .replaceAll('https://waypost.example.com', new URL(apiUrl).origin)
    .replaceAll('120363012345678901@g.us', groupId);
  return z.looseObject({ id: z.string() }).parse(JSON.parse(flow));
}

/** Writes to a session as Alice. */
const receive = (session: string, text: string) =>
  deployment.api.call('POST', `/v1/sessions/${session}/sandbox/messages`, {
    body: { from: ALICE, text },
  });

/** Where WhatsApp took a text to; it was sent once. */
async function recipientOf(text: string): Promise<string> {
  const found = await until(`“${text}” to be sent`, async () => {
    const records = await sent(text);
    return records.length === 0 ? undefined : records;
  });
  expect(found).toHaveLength(1);
  return found[0]?.to ?? '';
}
async function sent(text: string) {
  const { records } = await world.phone.wire({ world: world.at.world });
  return records.filter(({ body }) => body === text);
}

/** Posts to a flow's webhook, as somebody who wants to be taken for Waypost. */
const forge = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${n8n.url}/webhook/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

describe('by /v1', () => {
  it('send.json sends a message, and shows what became of it', async () => {
    const output = await n8n.command('execute', '--id=waypost-send');
    expect(await recipientOf('Hello from n8n')).toBe(ALICE);
    expect(output).toMatch(/"status": "(?:sent|delivered|read)"/);
  });

  it('answer.json answers a text whose signature is right', async () => {
    const { sessionId } = await deployment.facts();
    await receive(sessionId, 'Is it open? — “Yes” ✓');
    expect(await recipientOf('Thank you for: Is it open? — “Yes” ✓')).toBe(ALICE);
    await until('the delivery to be accepted', async () => {
      const path = `/v1/webhooks/${endpoint.id}/deliveries?status=delivered`;
      return (await deployment.api.call('GET', path)).data(z.array(z.unknown())).at(0);
    });
  });

  const event = (text: string): string =>
    JSON.stringify({
      id: 'evt_1',
      sessionId: 'default',
      data: { type: 'text', chatId: ALICE, text },
    });
  const signature = (t: number, body: string, secret: string): string =>
    `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
  const now = Math.floor(Date.now() / 1000);
  it.each<[string, (body: string) => Record<string, string>]>([
    ['without a signature', () => ({})],
    ['with a wrong signature', (body) => ({ 'x-signature': signature(now, body, 'guessed') })],
    [
      'with an old signature',
      (body) => ({ 'x-signature': signature(now - 600, body, endpoint.secret) }),
    ],
  ])('answer.json refuses an event %s', async (name, headersOf) => {
    const body = event(name);
    expect((await forge('waypost', body, headersOf(body))).status).toBe(401);
    expect(await sent(`Thank you for: ${name}`)).toEqual([]);
  });
});

describe('by the routes of other systems', () => {
  it('gateway.json sends, replies, writes to a group and reads its members', async () => {
    const output = await n8n.command('execute', '--id=waypost-gateway');
    expect(await recipientOf('Your order has shipped')).toBe(ALICE);
    expect(await recipientOf('It arrives tomorrow')).toBe(ALICE);
    expect(await recipientOf('An order has shipped')).toBe(groupId);
    expect(output).toContain(`"phone": "${ALICE.slice(0, 11)}"`);
  });

  it('waha.json answers a text whose signature is right', async () => {
    await receive('default', 'Good morning ☀');
    expect(await recipientOf('WAHA heard: Good morning ☀')).toBe(ALICE);
  });

  it('waha.json refuses a wrong signature', async () => {
    const payload = { from: ALICE, body: 'Forged' };
    const body = JSON.stringify({ event: 'message', session: 'default', payload });
    const hmac = createHmac('sha512', 'guessed').update(body).digest('hex');
    expect((await forge('waha', body, { 'x-webhook-hmac': hmac })).status).toBe(401);
    expect(await sent('WAHA heard: Forged')).toEqual([]);
  });

  it('evolution.json answers a text whose token is right', async () => {
    await receive('default', 'Good evening ☾');
    expect(await recipientOf('Evolution heard: Good evening ☾')).toBe(ALICE);
  });

  it.each<[string, Record<string, string>, number]>([
    ['without a token', {}, 401],
    ['with a wrong token', { authorization: 'Bearer a.b.c' }, 403],
  ])('evolution.json refuses a webhook %s', async (name, headers, status) => {
    const data = { key: { remoteJid: ALICE, fromMe: false }, message: { conversation: name } };
    const body = JSON.stringify({ event: 'messages.upsert', instance: 'default', data });
    expect((await forge('evolution', body, headers)).status).toBe(status);
    expect(await sent(`Evolution heard: ${name}`)).toEqual([]);
  });
});

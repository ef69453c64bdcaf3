import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import wwebjs from 'whatsapp-web.js';
import { z } from 'zod';

/**
 * The smallest gateway on stock whatsapp-web.js, and an example of a peer: `GET /qr`, `POST /send {to, text}`, and a webhook for
 * every message and ack. It keeps no queue and tries no webhook twice. Arguments: its port, the webhook's URL, Chromium's path.
 */
const Arguments = z.tuple([z.coerce.number().int(), z.url(), z.string()]);
const Send = z.object({ to: z.string(), text: z.string() });

const [port, webhookUrl, executablePath] = Arguments.parse(process.argv.slice(2));
const dataPath = await mkdtemp(join(tmpdir(), 'waypost-stock-gateway-'));
const client = new wwebjs.Client({
  authStrategy: new wwebjs.LocalAuth({ dataPath }),
  webVersionCache: { type: 'none' },
  puppeteer: { executablePath },
});
let qr: string | undefined;
client.on('qr', (code) => (qr = code));
client.on('ready', () => (qr = undefined));

const report = (event: string, data: unknown): void => {
  const body = JSON.stringify({ event, data });
  fetch(webhookUrl, { method: 'POST', body }).then(
    (answer) => answer.arrayBuffer(),
    (error: unknown) => console.error(`a webhook was lost: ${String(error)}`),
  );
};
client.on('message', ({ id, from, body }) => report('message', { id, from, body }));
client.on('message_create', ({ id, to, fromMe }) => {
  if (fromMe) report('message_create', { id, to });
});
client.on('message_ack', ({ id }, ack) => report('message_ack', { id, ack }));

const server = createServer((request, response) => {
  const answer = (status: number, value: unknown): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(value));
  route(request).then(
    (value) => answer(value === undefined ? 404 : 200, value ?? {}),
    (error: unknown) => answer(500, { error: String(error) }),
  );
});

async function route(request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET' && request.url === '/qr') return { qr };
  if (request.method !== 'POST' || request.url !== '/send') return undefined;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { to, text } = Send.parse(JSON.parse(body));
  const { id } = await client.sendMessage(to, text, { sendSeen: false });
  return { id };
}

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  client
    .destroy()
    .then(() => rm(dataPath, { recursive: true, force: true }))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
});

server.listen(port, '127.0.0.1');
await client.initialize();

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningService } from '../service-process.ts';
import { type ReceivedRequest, type Reply, Script, OK } from './webhook-receiver-protocol.ts';

type Inbox = { script: Reply[]; received: ReceivedRequest[] };

/**
 * A customer's web server, for tests that run inside workerd: any number of inboxes, `<url>/<inbox>/<anything>`.
 * Steered by `PUT <url>/<inbox>/_script` (ReceiverScript) and read by `GET <url>/<inbox>/_received` (ReceivedRequest[]).
 */
export async function startWebhookReceiver(): Promise<RunningService> {
  const inboxes = new Map<string, Inbox>();

  const inboxOf = (name: string): Inbox => {
    const inbox = inboxes.get(name) ?? { script: [OK], received: [] };
    inboxes.set(name, inbox);
    return inbox;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://receiver.test');
    const [, name = '', verb] = pathname.split('/');
    const inbox = inboxOf(name);
    const body = await readText(request);
    if (verb === '_script') {
      inbox.script = Script.parse(JSON.parse(body));
      response.end('{}');
      return;
    }
    if (verb === '_received') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(inbox.received));
      return;
    }
    const headers = Object.entries(request.headers).map(([key, value]) => [key, String(value)]);
    inbox.received.push({
      method: request.method ?? '',
      path: pathname,
      headers: Object.fromEntries(headers),
      body,
    });
    reply(response, inbox.script.length > 1 ? inbox.script.shift() : inbox.script[0]);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      process.stderr.write(`webhook receiver: ${String(error)}\n`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a TCP port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function reply(
  response: ServerResponse,
  { status, headers, body, bytes, hang, drip }: Reply = OK,
): void {
  if (hang) return;
  response.writeHead(status, headers);
  if (drip) {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
    return;
  }
  response.end(body.padEnd(bytes, 'x'));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

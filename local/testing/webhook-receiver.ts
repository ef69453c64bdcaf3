import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, sendJson } from '../http.ts';
import type { RunningService } from '../service-process.ts';
import { serve } from './serve.ts';
import { type ReceivedRequest, type Reply, Script, OK } from './webhook-receiver-protocol.ts';

/** More than a test sends. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

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
    const body = (await readBody(request, MAX_BODY_BYTES)).toString();
    if (verb === '_script') {
      inbox.script = Script.parse(JSON.parse(body));
      response.end('{}');
      return;
    }
    if (verb === '_received') {
      sendJson(response, 200, inbox.received);
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

  return serve(handle);
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

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  HttpError,
  parseJson,
  readBody,
  refuseForeignSites,
  sendHtml,
  sendJson,
  startServer,
  urlOf,
} from '../http.ts';
import { type Log, stderrLog } from '../log.ts';
import { sendPage } from '../page.ts';
import type { RunningService } from '../service-process.ts';
import { admitVisitor, sameSecret } from '../visitors.ts';
import { behaviourSchema } from './behaviour.ts';
import { boxKey, boxUrl } from './box-url.ts';
import { boxPage, boxesPage } from './pages.ts';
import { requestRows } from './request-rows.ts';
import { openInspectorStore } from './store.ts';
import type { InspectorStore } from './store.ts';
import { viewRequest } from './view.ts';
import type { RequestView } from './view.ts';
import { Waiters } from './waiters.ts';

export const inspectorConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the database; made when missing. */
  dataDir: z.string().min(1),
  /** Lets visitors in, and is the key of every box's URL. */
  secret: z.string().min(1),
});
export type InspectorConfig = z.infer<typeof inspectorConfigSchema>;

const MAX_BODY_BYTES = 5 * 1024 * 1024;
const MAX_WAIT_SECONDS = 60;
const SHOWN_REQUESTS = 100;

const pollSchema = z.object({
  after: z.coerce.number().int().min(0).default(0),
  wait: z.coerce.number().min(0).max(MAX_WAIT_SECONDS).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
});
const boxSchema = z.strictObject({ secret: z.string().min(1).nullable() });

type Context = { store: InspectorStore; waiters: Waiters; secret: string; now: () => number };
type Exchange = Context & {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  box: string;
};

function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new HttpError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

/** Records the request and answers as the box is told to. Any method, any path below the box's URL. */
async function receive(exchange: Exchange, path: string): Promise<void> {
  const { store, waiters, request, response, box } = exchange;
  const body = await readBody(request, MAX_BODY_BYTES);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const answer = store.record(box, {
    receivedAt: exchange.now(),
    method: request.method ?? '',
    path,
    headers,
    body,
  });
  waiters.notify(box);
  if (answer.delayMs > 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, answer.delayMs);
      response.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
  response.writeHead(answer.status, answer.headers).end();
}

/** Requests newer than `after`, oldest first; waits for one to come when there is none. */
async function poll(exchange: Exchange): Promise<RequestView[]> {
  const { store, waiters, response, box, url } = exchange;
  const asked = parseInput(pollSchema, Object.fromEntries(url.searchParams));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let found = store.requestsAfter(box, asked.after, asked.limit);
  if (found.length === 0) {
    await waiters.wait(box, asked.wait * 1_000, gone.signal);
    found = store.requestsAfter(box, asked.after, asked.limit);
  }
  const { secret } = store.box(box);
  return found.map((one) => viewRequest(one, secret));
}

async function setBox(exchange: Exchange): Promise<void> {
  const input = parseJson(await readBody(exchange.request, MAX_BODY_BYTES));
  exchange.store.setSecret(exchange.box, parseInput(boxSchema, input).secret);
  sendJson(exchange.response, 204);
}

async function setBehaviour(exchange: Exchange): Promise<void> {
  const input = parseJson(await readBody(exchange.request, MAX_BODY_BYTES));
  exchange.store.setBehaviour(exchange.box, parseInput(behaviourSchema, input));
  sendJson(exchange.response, 204);
}

async function showRows(exchange: Exchange): Promise<void> {
  const requests = await poll(exchange);
  const last = requests.at(-1)?.id ?? Number(exchange.url.searchParams.get('after') ?? 0);
  const rows = requestRows(requests.toReversed(), true).html;
  sendHtml(exchange.response, rows, { 'x-last-id': String(last) });
}

function showBox(exchange: Exchange): void {
  const { store, box: name, url, secret, response } = exchange;
  const box = store.box(name);
  const requests = store
    .newestRequests(name, SHOWN_REQUESTS)
    .map((request) => viewRequest(request, box.secret));
  const address = boxUrl(url.origin, secret, name);
  sendPage(response, boxPage({ url: address, box, requests }));
}

const ROUTES: Record<string, (exchange: Exchange) => Promise<void> | void> = {
  'GET /': ({ store, url, response }) => {
    sendPage(response, boxesPage({ origin: url.origin, boxes: store.boxes() }));
  },
  'GET /boxes/:box': showBox,
  'GET /boxes/:box/rows': showRows,
  'GET /api/boxes': ({ store, response }) => {
    const boxes = store.boxes().map(({ name, requests }) => ({ name, requests }));
    sendJson(response, 200, { boxes });
  },
  'GET /api/boxes/:box': ({ store, response, url, secret, box: name }) => {
    const box = store.box(name);
    sendJson(response, 200, {
      name,
      url: boxUrl(url.origin, secret, name),
      hasSecret: box.secret !== null,
      behaviour: box.behaviour,
    });
  },
  'PUT /api/boxes/:box': setBox,
  'PUT /api/boxes/:box/behaviour': setBehaviour,
  'GET /api/boxes/:box/requests': async (exchange) => {
    sendJson(exchange.response, 200, { requests: await poll(exchange) });
  },
  'DELETE /api/boxes/:box/requests': ({ store, response, box }) => {
    store.clear(box);
    sendJson(response, 204);
  },
};

async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = urlOf(request);
  refuseForeignSites(request, url);
  if (url.pathname.startsWith('/in/')) {
    const [, box = '', key = '', rest = ''] =
      /^\/in\/([A-Za-z0-9_-]{1,64})\/([0-9a-f]{32})((?:[/?].*)?)$/.exec(request.url ?? '') ?? [];
    if (!sameSecret(key, boxKey(context.secret, box))) throw new HttpError(404, 'No such box.');
    await receive({ ...context, request, response, url, box }, rest);
    return;
  }
  if (!admitVisitor(request, response, url, context.secret)) return;
  const named = /^(\/(?:api\/)?boxes)\/([A-Za-z0-9_-]{1,64})(\/\w+)?$/.exec(url.pathname);
  const path = named === null ? url.pathname : `${named[1]}/:box${named[3] ?? ''}`;
  const route = ROUTES[`${request.method ?? ''} ${path}`];
  if (route === undefined) {
    throw new HttpError(404, 'Not found. The name of a box has up to 64 letters, digits, - and _.');
  }
  await route({ ...context, request, response, url, box: named?.[2] ?? '' });
}

/**
 * The webhook inspector: it records and answers every request to a box's URL. `/` lists the requests, and
 * `GET /api/boxes/<box>/requests?after=<id>&wait=<seconds>` waits for the next one. Both need the secret.
 */
export async function startInspector(
  config: InspectorConfig,
  { now = Date.now, log = stderrLog('inspector') }: { now?: () => number; log?: Log } = {},
): Promise<RunningService> {
  const store = openInspectorStore(config.dataDir);
  const waiters = new Waiters();
  const context = { store, waiters, secret: config.secret, now };
  return startServer({
    port: config.port,
    log,
    handle: (request, response) => handle(context, request, response),
    release: async (closed) => {
      waiters.close();
      await closed;
      store.close();
    },
  });
}

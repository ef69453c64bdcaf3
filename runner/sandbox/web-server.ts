import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import type { Certificate } from './certificate.ts';
import { readBody } from './control/http.ts';
import type { PageProfile } from './protocol/profile.ts';
import { serveSocket } from './traffic/socket.ts';
import { faultsOf, useUp } from './world/accounts.ts';
import { SandboxError } from './world/errors.ts';
import { readMedia, storeMedia } from './world/media.ts';
import type { World } from './world/world.ts';

const uploadLimitBytes = 150 * 1024 * 1024;
const frameLimitBytes = 16 * 1024 * 1024;

const pageHtml = (profile: PageProfile): string =>
  `<!doctype html><html><head><meta charset="utf-8"><title>WhatsApp</title></head><body><div id="app"></div>` +
  `<script type="application/json" id="profile">${JSON.stringify(profile)}</script>` +
  `<script src="/app.js"></script></body></html>`;

/** The link of the page that a media request comes from: it names its device, as the real one names its auth. */
function linkOf(world: World, url: URL) {
  const device = Number(url.searchParams.get('device') ?? '0');
  return world.hub.ofDevice(device)[0]?.link ?? null;
}

async function upload(
  world: World,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const data = await readBody(request, uploadLimitBytes);
  const { uploadStatus } = faultsOf(world, linkOf(world, url));
  if (uploadStatus !== null) {
    response.writeHead(uploadStatus).end();
    return;
  }
  const stored = await storeMedia(
    world,
    data,
    request.headers['content-type'] ?? 'application/octet-stream',
  );
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({ directPath: stored.path, url: `https://mmg.whatsapp.net${stored.path}` }),
  );
}

async function download(world: World, url: URL, response: ServerResponse): Promise<void> {
  const link = linkOf(world, url);
  if (faultsOf(world, link).stallDownloads) return;
  const fails =
    link !== null && (await world.ledger.run((tx) => useUp(tx, world, link, 'failDownloads')));
  if (fails) {
    response.writeHead(500).end();
    return;
  }
  url.searchParams.delete('device');
  const media = faultsOf(world, link).expireMedia
    ? null
    : await readMedia(world, `${url.pathname}${url.search}`);
  if (media === null) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': media.mimetype,
    'content-length': media.data.length,
    'access-control-allow-origin': '*',
  });
  response.end(media.data);
}

async function serve(
  world: World,
  page: { profile: PageProfile; script: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://web.whatsapp.com');
  const text = (type: string, body: string): void => {
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };
  if (request.method === 'GET' && url.pathname === '/') {
    const faults = [...new Set([...page.profile.faults, ...world.defaults.build])];
    text('text/html; charset=utf-8', pageHtml({ ...page.profile, faults }));
  } else if (request.method === 'GET' && url.pathname === '/app.js')
    text('text/javascript', page.script);
  else if (request.method === 'POST' && url.pathname.startsWith('/mms/'))
    await upload(world, url, request, response);
  else if (request.method === 'GET' && url.pathname.startsWith('/v/'))
    await download(world, url, response);
  else response.writeHead(404).end();
}

/** WhatsApp's HTTPS and WebSocket side for one profile. */
export function createWebServer(
  world: World,
  profile: PageProfile,
  certificate: Certificate,
  script: string,
  nextConnectionId: () => number,
): Server {
  const server = createServer(
    { key: certificate.key, cert: certificate.cert },
    (request, response) => {
      serve(world, { profile, script }, request, response).catch((error: unknown) => {
        if (!(error instanceof SandboxError)) world.report(error);
        if (!response.headersSent)
          response.writeHead(error instanceof SandboxError ? error.status : 500);
        response.end();
      });
    },
  );
  const sockets = new WebSocketServer({ server, path: '/ws/chat', maxPayload: frameLimitBytes });
  sockets.on('connection', (socket) =>
    serveSocket(world, socket, profile.name, nextConnectionId()),
  );
  return server;
}

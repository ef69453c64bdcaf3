import { WorkerEntrypoint } from 'cloudflare:workers';

type Env = { FILES: Fetcher };

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
};

/** The ASSETS binding: a folder of files, with the headers that Workers Assets gives them. A folder itself is no file. */
export class Assets extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response(null, { status: 405 });
    const { pathname } = new URL(request.url);
    const file = await this.env.FILES.fetch(`http://files${pathname}`, { method: request.method });
    // workerd answers for a folder with a list of its files, as JSON.
    if (!file.ok || file.headers.get('content-type') !== 'application/octet-stream')
      return new Response(null, { status: 404 });
    const changedAt = Date.parse(file.headers.get('last-modified') ?? '');
    const etag = `"${changedAt}-${file.headers.get('content-length')}"`;
    const headers = new Headers({
      'cache-control': 'public, max-age=0, must-revalidate',
      'content-type': TYPES[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      etag,
    });
    if (request.headers.get('if-none-match') === etag)
      return new Response(null, { status: 304, headers });
    return new Response(file.body, { headers });
  }
}

import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http.ts';

/** What a route answers with: a status, and JSON unless `body` is undefined. */
export type Answer = { status: number; body?: unknown };

export type RouteRequest = {
  /** The path after `/v2/`, exactly as it was sent. */
  path: string;
  query: URLSearchParams;
  /** Path and query after the route's prefix, not normalised: destinations hold `://` and `?`. */
  rawRest: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
};

export type Route = {
  method: string;
  /** Matched against the raw path. With `raw`, it is a prefix and the query belongs to the rest. */
  path: string;
  raw?: true;
  handle: (request: RouteRequest, parameter: string) => Answer;
};

/** Pattern of a route: `:id` stands for one segment. Returns that segment, '' when there is none. */
function matchPath(pattern: string, path: string): string | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  let parameter = '';
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part === ':id' && value !== '') parameter = value;
    else if (part !== value) return undefined;
  }
  try {
    return decodeURIComponent(parameter);
  } catch (error) {
    throw new HttpError(400, `The path is not valid: ${String(error)}`);
  }
}

/** Finds the route for a request and runs it. @throws HttpError 404 when there is none. */
export function dispatchRoute(
  routes: readonly Route[],
  request: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer },
): Answer {
  const { method, url, headers, body } = request;
  const [path = '', queryText = ''] = url.split(/\?(.*)/s);
  for (const route of routes) {
    if (route.method !== method) continue;
    if (route.raw === true) {
      if (!url.startsWith(route.path)) continue;
      const rawRest = url.slice(route.path.length);
      return route.handle({ path, query: new URLSearchParams(), rawRest, headers, body }, '');
    }
    const parameter = matchPath(route.path, path);
    if (parameter === undefined) continue;
    const query = new URLSearchParams(queryText);
    return route.handle({ path, query, rawRest: '', headers, body }, parameter);
  }
  throw new HttpError(404, `${method} ${path} is not served by this QStash.`);
}

/** @throws HttpError 401 when the bearer token is not `token`. */
export function checkBearer(authorization: string | undefined, token: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))) {
    throw new HttpError(401, 'unauthorized: send "Authorization: Bearer <QSTASH_TOKEN>"');
  }
}

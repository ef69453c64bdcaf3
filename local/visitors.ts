import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http.ts';

const PARAMETER = 'secret';

/** The link that lets a browser in: its secret becomes a cookie at the first visit. */
export function visitorLink(url: string, secret: string): string {
  const link = new URL(url);
  link.searchParams.set(PARAMETER, secret);
  return link.href;
}

/** Compares in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Admits programs that show the token. @throws HttpError 401 */
export function checkBearer({ headers }: IncomingMessage, token: string): void {
  if (sameSecret(headers.authorization ?? '', `Bearer ${token}`)) return;
  throw new HttpError(401, 'Unauthorized: send the token as "Authorization: Bearer <token>".');
}

/**
 * Admits who shows the secret: programs as a bearer token, people by a cookie that `visitorLink` sets.
 * @returns false when the visitor came by the link and was answered with the cookie and the way on
 * @throws HttpError 401 without the secret
 */
export function admitVisitor(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  secret: string,
): boolean {
  // Browsers send cookies to every port of a host, so each port has a name of its own.
  const cookie = `waypost_${request.socket.localPort}`;
  const linked = url.searchParams.get(PARAMETER);
  if (request.method === 'GET' && linked !== null && sameSecret(linked, secret)) {
    const next = new URL(url);
    next.searchParams.delete(PARAMETER);
    response.writeHead(303, {
      location: `/${(next.pathname + next.search).replace(/^[/\\]+/, '')}`,
      'set-cookie': `${cookie}=${secret}; HttpOnly; SameSite=Strict; Path=/`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    response.end();
    return false;
  }
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const cookies = (request.headers.cookie ?? '').split(/; */);
  const kept = cookies.find((one) => one.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
  if ([bearer, kept].some((given) => given !== undefined && sameSecret(given, secret))) return true;
  throw new HttpError(
    401,
    'Open the link that `npm start` printed, or send the secret as "Authorization: Bearer <secret>".',
  );
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets pages of any origin use presigned URLs: what protects an object is the signature in them. */
export function setCorsHeaders(message: IncomingMessage, response: ServerResponse): void {
  if (message.headers.origin === undefined) return;
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'etag, content-range, x-amz-request-id');
  response.setHeader('vary', 'origin');
}

/** Answers a preflight request, which carries no signature. */
export function answerPreflight(message: IncomingMessage, response: ServerResponse): void {
  const asked = message.headers['access-control-request-headers'];
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    'access-control-max-age': '3600',
  });
  response.end();
}

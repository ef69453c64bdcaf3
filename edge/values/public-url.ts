import { z } from 'zod';

/**
 * Where a deployment is reached from outside: an origin, and the path below which a proxy serves it, if any.
 * Kept without a slash at its end, so that a path of ours can follow it.
 */
export const BaseUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((url) => /^[^?#]*$/.test(url), 'must have no query and no fragment')
  .refine(
    (url) => /^(?:\/[\w.~-]+)*\/?$/.test(new URL(url).pathname),
    'must have a path of letters, digits and . _ ~ - only',
  )
  .transform((url) => url.replace(/\/$/, ''));

/** One of our paths, as people and programs outside reach it. */
export const publicUrl = ({ BASE_URL }: { BASE_URL: string }, path: `/${string}`): string =>
  `${BASE_URL}${path}`;

/** The path that a proxy serves us below: empty, or as `/whatsapp`. */
export function basePath({ BASE_URL }: { BASE_URL: string }): string {
  const { pathname } = new URL(BASE_URL);
  return pathname === '/' ? '' : pathname;
}

/**
 * A request as if it had come to the root, whether or not the proxy took the path away.
 * @param env of the deployment it came to
 */
export function withoutBasePath(request: Request, env: { BASE_URL: string }): Request {
  const base = basePath(env);
  if (base === '') return request;
  const url = new URL(request.url);
  if (url.pathname !== base && !url.pathname.startsWith(`${base}/`)) return request;
  url.pathname = url.pathname.slice(base.length) || '/';
  return new Request(url, request);
}

import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../context.ts';

const COMPRESSIBLE = /^(?:text\/|application\/(?:json|javascript)|image\/svg)/;

/**
 * Compresses pages and their files where nobody else does. Cloudflare compresses what a Worker answers; on one machine the
 * dashboard would come as half a megabyte. The runtime encodes the body as its header says.
 * https://developers.cloudflare.com/workers/runtime-apis/response/ (`encodeBody`)
 */
export const compressPages = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const isCompressible = COMPRESSIBLE.test(c.res.headers.get('content-type') ?? '');
  const isAtCloudflare = c.req.raw.cf?.['colo'] !== undefined;
  if (isAtCloudflare || !isCompressible || c.res.body === null) return;
  c.header('Vary', 'Accept-Encoding', { append: true });
  if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return;
  c.header('Content-Encoding', 'gzip');
  c.res.headers.delete('content-length');
});

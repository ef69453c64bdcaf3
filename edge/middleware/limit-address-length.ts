import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';

/** Longer than any path of ours. The query has room for what Google sends a browser back with. */
const LONGEST = { path: 2_048, query: 16_384 };

/** Refuses an address that is too long to be one of ours, before anything looks at it. */
export const limitAddressLength = createMiddleware<AppEnv>(async (c, next) => {
  const { url } = c.req;
  const path = url.indexOf('/', url.indexOf('://') + 3);
  const query = url.includes('?') ? url.indexOf('?') : url.length;
  const lengths = { path: query - path, query: url.length - query };
  for (const part of ['path', 'query'] as const)
    if (lengths[part] > LONGEST[part])
      throw new AppError('URI_TOO_LONG', undefined, { part, limit: LONGEST[part] });
  await next();
});

import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';

export const JSON_BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** Refuses a body that is too large, before it is read. */
export const limitBody = bodyLimit({
  maxSize: JSON_BODY_LIMIT_BYTES,
  onError: () => {
    throw new AppError('PAYLOAD_TOO_LARGE', undefined, { limitBytes: JSON_BODY_LIMIT_BYTES });
  },
});

/** A body must say that it is JSON: the validator would otherwise take another type for an empty object. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
  const type = c.req.header('content-type') ?? '';
  if (hasBody && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  await next();
});

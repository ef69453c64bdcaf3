import { LIMITS } from '../../shared/catalogue/limits.ts';
import { bodyLimit } from 'hono/body-limit';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';

/** The most that a body may be where the operation does not say more. */
export const BODY_LIMIT_BYTES = LIMITS.bodyKibibytes.limit * 1024;

/** Refuses a body that is larger than so many bytes, before it is read. */
export const limitBodyTo = (limitBytes: number): MiddlewareHandler<AppEnv> =>
  bodyLimit({
    maxSize: limitBytes,
    onError: () => {
      throw new AppError('PAYLOAD_TOO_LARGE', undefined, { limitBytes });
    },
  });

/** Refuses a body that is larger than the operation takes, before it is read. */
export const limitBody = createMiddleware<AppEnv>((c, next) =>
  limitBodyTo(c.get('operation')?.limitBytes ?? BODY_LIMIT_BYTES)(c, next),
);

/** A body must say that it is JSON: the validator would otherwise take another type for an empty object. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
  const type = c.req.header('content-type') ?? '';
  if (hasBody && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  await next();
});

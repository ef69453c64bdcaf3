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

/** A body of more stands in memory several times while it is read: few of them are let in at once. */
const LARGE_BYTES = 2 * 1024 * 1024;

/**
 * Refuses a body that is larger than the operation takes, before it is read; one of unannounced length is never a large one. A
 * file is counted while it is stored. A large body has its place until it is answered, or until `ctx.releaseBody` is called.
 */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  const { limitBytes = BODY_LIMIT_BYTES, takesFile = false } = c.get('operation') ?? {};
  const header = c.req.header('content-length');
  const announced = header === undefined ? null : Number(header);
  if (takesFile && (announced ?? 0) <= limitBytes) return next();
  const isLarge = announced !== null && announced > LARGE_BYTES && announced <= limitBytes;
  if (!isLarge) return limitBodyTo(Math.min(limitBytes, LARGE_BYTES))(c, next);
  const limited = () => limitBodyTo(limitBytes)(c, next);
  const ctx = c.get('ctx');
  const released = Promise.withResolvers<void>();
  ctx.releaseBody = released.resolve;
  const { answered } = await ctx.mediaGates.bodies.run(ctx.workspaceId, async () => {
    const answering = limited();
    await Promise.race([answering, released.promise]);
    return { answered: answering };
  });
  return answered;
});

/** A body must say that it is JSON: the validator would otherwise take another type for an empty object. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get('operation')?.takesFile === true) return next();
  const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0';
  const type = c.req.header('content-type') ?? '';
  if (hasBody && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  await next();
});

import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { answeringRoute } from '../http/answering-route.ts';
import { newId } from '../../shared/ids.ts';
import type { AppEnv, Services } from '../context.ts';
import { recordRequest, traceOf } from './trace-request.ts';

export type Compose = (
  bindings: Record<string, unknown>,
  execution: { waitUntil: (work: Promise<unknown>) => void },
) => Services;

/** Characters of a path that the log keeps: anybody may ask for a long one. */
const LOGGED_PATH = 200;

/**
 * Gives each request an id and its services, and writes one wide line when it is answered. The query string stays out of
 * the line: tokens travel in it.
 */
export const requestContext = (compose: Compose) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const services = compose(c.env, c.executionCtx);
    const requestId = newId('request', services.now());
    const startedAt = services.now();
    c.set('services', services);
    c.set('requestId', requestId);
    c.set('startedAt', startedAt);
    c.header('x-request-id', requestId);
    services.trace = traceOf(c);
    await next();
    recordRequest(c);
    const actor = c.get('ctx')?.actor;
    services.log({
      event: 'request',
      requestId,
      ...(services.trace === undefined ? {} : { traceId: services.trace.traceId }),
      method: c.req.method,
      path: c.req.path.slice(0, LOGGED_PATH),
      route: answeringRoute(c)?.path ?? routePath(c, -1),
      status: c.res.status,
      durationMs: services.now() - startedAt,
      ...(c.get('errorCode') === undefined ? {} : { code: c.get('errorCode') }),
      ...(actor === undefined ? {} : { workspaceId: c.get('ctx').workspaceId }),
      ...(actor?.type === 'apiKey' ? { keyId: actor.keyId } : {}),
      ...(actor?.type === 'user' ? { userId: actor.userId } : {}),
    });
  });

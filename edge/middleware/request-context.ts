import { createMiddleware } from 'hono/factory';
import { answeringRoute } from '../http/answering-route.ts';
import { newId } from '../../shared/ids.ts';
import type { AppEnv, Services } from '../context.ts';
import { recordRequest, traceOf } from './trace-request.ts';

export type Compose = (
  bindings: Record<string, unknown>,
  execution: { waitUntil: (work: Promise<unknown>) => void },
) => Services;

/** Characters of an unknown path that the log keeps: anybody may ask for a long one. */
const LOGGED_PATH = 200;

/**
 * Gives each request an id and its services, and writes one wide line when it is answered. Neither path nor query are in
 * the line: numbers and tokens travel in them.
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
    const route = answeringRoute(c)?.path;
    services.log({
      event: 'request',
      requestId,
      ...(services.trace === undefined ? {} : { traceId: services.trace.traceId }),
      method: c.req.method,
      ...(route === undefined ? { path: unknownPath(c.req.path) } : { route }),
      status: c.res.status,
      outcome: outcomeOf(c.res.status),
      durationMs: services.now() - startedAt,
      ...(c.get('errorCode') === undefined ? {} : { code: c.get('errorCode') }),
      ...services.noted,
      ...(actor === undefined ? {} : { workspaceId: c.get('ctx').workspaceId }),
      ...(actor?.type === 'apiKey' ? { keyId: actor.keyId } : {}),
      ...(actor?.type === 'user' ? { userId: actor.userId } : {}),
    });
  });

const outcomeOf = (status: number): 'done' | 'refused' | 'failed' => {
  if (status < 400) return 'done';
  return status < 500 ? 'refused' : 'failed';
};

/** Segments that may be a number or a token are left out. */
const unknownPath = (path: string): string =>
  path.slice(0, LOGGED_PATH).replaceAll(/[^/]*\d[^/]*/g, (part) => (part.length > 8 ? '…' : part));

import type { Context } from 'hono';
import type { NewSpan } from '../../shared/tracing/trace-context.ts';
import type { AppEnv } from '../context.ts';
import { answeringRoute } from '../http/answering-route.ts';

/** The span of a call of the public API; undefined where nothing is traced. */
export function traceOf(c: Context<AppEnv>): NewSpan | undefined {
  const { tracer } = c.get('services');
  if (tracer === null || c.req.path.startsWith('/internal/')) return undefined;
  return tracer.begin(c.req.header('traceparent') ?? null);
}

/** Records the call's span. Only of known callers: no stranger fills the collector. */
export function recordRequest(c: Context<AppEnv>): void {
  const { tracer, trace, now } = c.get('services');
  const ctx: AppEnv['Variables']['ctx'] | undefined = c.get('ctx');
  if (tracer === null || trace?.sampled !== true || ctx === undefined) return;
  const route = answeringRoute(c)?.path;
  const { method } = c.req;
  const { status } = c.res;
  tracer.record({
    ...trace,
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    startedAt: c.get('startedAt'),
    endedAt: now(),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'error.type': c.get('errorCode'),
      'waypost.request.id': c.get('requestId'),
      'waypost.workspace.id': ctx.workspaceId,
    },
    failed: status >= 500,
  });
}

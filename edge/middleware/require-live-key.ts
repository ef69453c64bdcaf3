import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../context.ts';
import { loadActor } from '../services/keys/load-actor.ts';

/**
 * Routes whose service looks at the key's row inside its own statement, to keep a send at three upstream calls. Every
 * other route pays one query here; a route that is forgotten in this list is therefore slower, never open.
 */
const CHECKED_IN_STATEMENT = /^\/v1\/messages\/(?:text|[^/]+\/reply)$/;

/** Refuses a revoked, paused or expired key, a foreign address and a suspended workspace; fills in scopes and pin. */
export const requireLiveKey = createMiddleware<AppEnv>(async (c, next) => {
  const deferred = c.req.method === 'POST' && CHECKED_IN_STATEMENT.test(c.req.path);
  if (!deferred) {
    const ctx = c.get('ctx');
    c.set('ctx', { ...ctx, actor: await loadActor({ ctx }) });
  }
  await next();
});

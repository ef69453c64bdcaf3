import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { AppEnv, OperationFacts } from '../context.ts';

type Listed = { method: string; path: string; facts: OperationFacts };

/** Looks up what is known of the operation that a request asks for, before anything is done with it. */
export const knowOperation = (rows: readonly Listed[]) => {
  const known = new Map(
    rows.map(({ method, path, facts }) => [
      `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      facts,
    ]),
  );
  return createMiddleware<AppEnv>(async (c, next) => {
    const matched = matchedRoutes(c).at(-1);
    c.set('operation', known.get(`${matched?.method} ${matched?.path}`));
    await next();
  });
};

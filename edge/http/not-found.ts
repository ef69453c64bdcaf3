import type { Context } from 'hono';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { answerError } from './error-handler.ts';

type Route = { method: string; path: string };

/** The methods that a path takes, from the table of routes; `*` and `ALL` are middleware. Pure. */
export function methodsOf(routes: readonly Route[], path: string): string[] {
  const methods = routes
    .filter((route) => route.method !== 'ALL' && matches(route.path, path))
    .map(({ method }) => method);
  return [...new Set(methods)].toSorted();
}

function matches(pattern: string, path: string): boolean {
  const [want, have] = [pattern.split('/'), path.split('/')];
  return (
    want.length === have.length &&
    want.every(
      (part, index) => part === have[index] || (part.startsWith(':') && have[index] !== ''),
    )
  );
}

/** Tells a wrong method from a wrong address. */
export const answerNotFound =
  (routes: () => readonly Route[]) =>
  (c: Context<AppEnv>): Response => {
    const methods = methodsOf(routes(), c.req.path);
    if (methods.length === 0) return answerError(new AppError('NOT_FOUND'), c);
    c.header('Allow', methods.join(', '));
    return answerError(new AppError('METHOD_NOT_ALLOWED'), c);
  };

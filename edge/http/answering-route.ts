import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/**
 * The route whose handler answers: the first that is no middleware. Others may match behind it, as `/v1/messages/{id}` does
 * for `/v1/messages/bulk`. Undefined where none matches.
 */
export const answeringRoute = (c: Context): { method: string; path: string } | undefined =>
  matchedRoutes(c).find(({ method }) => method !== 'ALL');

import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless';
import { drizzle } from 'drizzle-orm/neon-http';
import * as schema from './schema/index.ts';

export type DatabaseConfig = { url: string; httpUrl?: string | undefined };

export type Database = ReturnType<typeof createDatabase>;

// The driver reads its endpoint from this global alone, so it is set once, to a function without state: each client passes
// its endpoint among its own fetch options.
neonConfig.fetchFunction = (url: string, { endpoint, ...init }: FetchOptions): Promise<Response> =>
  fetch(endpoint ?? url, init);

type FetchOptions = RequestInit & { endpoint?: string };

/**
 * Drizzle on Neon's HTTP driver. There are no interactive transactions: a write of several rows is one statement or one
 * `batch`. Each query is one round trip.
 */
export function createDatabase(config: DatabaseConfig) {
  const query: NeonQueryFunction<false, false> = neon(config.url, {
    ...(config.httpUrl !== undefined && { fetchOptions: { endpoint: config.httpUrl } }),
  });
  return drizzle(query, { schema });
}

import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless';
import { drizzle } from 'drizzle-orm/neon-http';
import * as schema from './schema/index.ts';

export type DatabaseConfig = { url: string; httpUrl?: string | undefined };

export type Database = ReturnType<typeof createDatabase>;

/**
 * Drizzle on Neon's HTTP driver. There are no interactive transactions: a write of several rows is one statement or one
 * `batch`. Each query is one round trip.
 */
export function createDatabase(config: DatabaseConfig) {
  if (config.httpUrl !== undefined) neonConfig.fetchEndpoint = config.httpUrl;
  const query: NeonQueryFunction<false, false> = neon(config.url);
  return drizzle(query, { schema });
}

import type { Backend } from './backend.ts';
import type { NeonConfig } from './config.ts';
import { EmbeddedUnavailableError } from './embedded/binaries.ts';
import { hasCluster } from './embedded/install.ts';
import { startEmbedded } from './embedded/start.ts';
import type { Log } from '../log.ts';
import { hasPglite, startPglite } from './pglite/start.ts';

/**
 * Your server, else real PostgreSQL, else PGlite. Once a data directory holds a database the choice stands:
 * falling back to another driver would look like the loss of all data.
 */
export async function chooseBackend(config: NeonConfig, log: Log): Promise<Backend> {
  const { databaseUrl, dataDir } = config;
  if (databaseUrl !== undefined) {
    return { driver: 'server', connectionString: databaseUrl, close: async () => undefined };
  }
  if (config.driver === 'embedded') return startEmbedded(config, log);
  if (config.driver === 'pglite') return startPglite(config, log);
  if (await hasCluster(dataDir)) return startEmbedded(config, log);
  if (await hasPglite(dataDir)) return startPglite(config, log);
  try {
    return await startEmbedded(config, log);
  } catch (error) {
    if (!(error instanceof EmbeddedUnavailableError)) throw error;
    log('warn', 'pglite_instead_of_postgresql', { reason: error.message });
    return startPglite(config, log);
  }
}

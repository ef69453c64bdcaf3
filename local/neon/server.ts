import type { Backend } from './backend.ts';
import { type NeonConfig, type NeonConfigInput, neonConfigSchema } from './config.ts';
import { startEmbedded } from './embedded/start.ts';
import { openDoor } from './front/door.ts';
import { type Log, stderrLog } from '../log.ts';

/** Ten pools of eight stay below PostgreSQL's hundred connections. */
const LIMITS = { connections: 8, pools: 10 };

export type RunningNeon = {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** For `neonConfig.fetchEndpoint`. */
  sqlUrl: string;
  /** Of the application's database; its host and port take plain PostgreSQL clients too. */
  connectionString: string;
  driver: Backend['driver'];
  close: () => Promise<void>;
};

/**
 * Starts PostgreSQL (or takes yours) and Neon's HTTP protocol in front of it.
 * @throws EmbeddedUnavailableError when PostgreSQL cannot run on this machine; `databaseUrl` names another one then
 */
export async function startNeon(
  config: NeonConfigInput,
  log: Log = stderrLog('neon'),
): Promise<RunningNeon> {
  const settled: NeonConfig = neonConfigSchema.parse(config);
  const backend = await backendOf(settled, log);
  return serve(backend, settled.port, LIMITS, log);
}

/** Puts the door in front of a backend that runs already. */
export async function serve(
  backend: Backend,
  port: number,
  limits: { connections: number; pools: number },
  log: Log,
): Promise<RunningNeon> {
  const { url, close } = await openDoor(backend, port, limits, log);
  const { driver, connectionString } = backend;
  log('info', 'neon_ready', { url, driver });
  return { url, sqlUrl: `${url}/sql`, connectionString, driver, close };
}

async function backendOf(config: NeonConfig, log: Log): Promise<Backend> {
  const { databaseUrl } = config;
  if (databaseUrl === undefined) return startEmbedded(config, log);
  return { driver: 'server', connectionString: databaseUrl, close: async () => undefined };
}

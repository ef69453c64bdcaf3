import { Client } from 'pg';
import { type Backend, loopbackUrl, quoteIdentifier } from '../backend.ts';
import { APP_DATABASE, SUPERUSER } from '../config.ts';
import type { Log } from '../../log.ts';
import { startCluster } from './cluster.ts';
import { install } from './install.ts';

export type EmbeddedOptions = {
  dataDir: string;
  password: string;
  /** Gives durability up for speed. */
  throwaway?: boolean;
};

/**
 * Real PostgreSQL under `dataDir`, with the application's database in it.
 * @throws EmbeddedUnavailableError when it cannot run on this machine.
 */
export async function startEmbedded(options: EmbeddedOptions, log: Log): Promise<Backend> {
  const { dataDir, password, throwaway = false } = options;
  const installation = await install(dataDir, password, throwaway);
  const cluster = await startCluster(installation, throwaway, log);
  const url = (database: string): string =>
    loopbackUrl(cluster.port, SUPERUSER, password, database);
  try {
    await ensureDatabase(url('postgres'), APP_DATABASE);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return { driver: 'embedded', connectionString: url(APP_DATABASE), close: cluster.close };
}

async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${quoteIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

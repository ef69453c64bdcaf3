import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { withDatabase } from '../backend.ts';
import { APP_DATABASE } from '../config.ts';
import { startEmbedded } from '../embedded/start.ts';
import type { Log } from '../../log.ts';
import { cleanUpAfterDeath } from './guard.ts';
import { type RunningNeon, serve } from '../server.ts';
import { createTestDatabase, type TestNeonHandle } from './database.ts';

export { createTestDatabase, type TestNeonHandle } from './database.ts';

/** Connections are few per test file, and test files are many. */
const LIMITS = { connections: 10, pools: 20 };

/** Without the connection string of the template: a session there would stop it from being copied. */
export type TestNeon = Omit<RunningNeon, 'connectionString'> & {
  /** Plain data for other processes; `createTestDatabase(handle)` works there. */
  handle: TestNeonHandle;
  createDatabase: () => Promise<string>;
};

export type TestNeonOptions = {
  /** Runs once (migrations, say) on the database that every test database is a copy of. */
  prepare?: (connectionString: string, neon: RunningNeon) => Promise<void>;
  log?: Log;
};

/**
 * A fresh server in a temporary directory, quick because nothing has to survive, for a vitest global setup
 * or for one test file. `close` removes it.
 */
export async function startTestNeon(options: TestNeonOptions = {}): Promise<TestNeon> {
  const { log = silent } = options;
  const home = await mkdtemp(path.join(tmpdir(), 'waypost-neon-'));
  let running: RunningNeon | undefined;
  let dismissGuard = (): void => undefined;
  const close = async (): Promise<void> => {
    await running?.close();
    dismissGuard();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const backend = await startEmbedded(
      { dataDir: home, password: randomBytes(16).toString('hex'), throwaway: true },
      log,
    );
    dismissGuard = await cleanUpAfterDeath(home);
    running = await serve(backend, 0, LIMITS, log);
    const { connectionString, ...neon } = running;
    await options.prepare?.(connectionString, running);
    const adminConnectionString = withDatabase(connectionString, 'postgres');
    await sealTemplate(adminConnectionString);
    const handle: TestNeonHandle = {
      sqlUrl: neon.sqlUrl,
      adminConnectionString,
      template: APP_DATABASE,
    };
    return { ...neon, handle, createDatabase: () => createTestDatabase(handle), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A database can only be copied while nobody is connected to it. */
async function sealTemplate(adminConnectionString: string): Promise<void> {
  const admin = new Client({ connectionString: adminConnectionString });
  await admin.connect();
  try {
    await admin.query(`ALTER DATABASE ${APP_DATABASE} ALLOW_CONNECTIONS false`);
    await admin.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1',
      [APP_DATABASE],
    );
  } finally {
    await admin.end();
  }
}

const silent: Log = () => undefined;

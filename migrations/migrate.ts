import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** While a migration waits for a table, everybody who comes later waits behind it: better to let them pass and try again. */
const LOCK_WAIT_MS = 2_000;
const TRIES = 30;
const PAUSE_MS = 500;
/** lock_not_available, deadlock_detected: nothing has happened, and the next try may be luckier. */
const BUSY = new Set(['55P03', '40P01']);

/**
 * Brings a database to the newest schema, over a real connection and in one transaction (Neon's HTTP driver would run
 * each statement on its own). Safe to run at every start, by two processes at once, and while the deployment is in use.
 */
export async function migrateDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('waypost migrations'))");
    await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`);
    await migratePatiently(client);
  } finally {
    await client.end();
  }
}

async function migratePatiently(client: pg.Client): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrate(drizzle(client), {
        migrationsFolder: fileURLToPath(new URL('sql', import.meta.url)),
      });
      return;
    } catch (error) {
      if (attempt === TRIES || !BUSY.has(codeOf(error))) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

/** PostgreSQL's code, which drizzle puts inside an error of its own. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

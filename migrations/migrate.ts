import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/**
 * Brings a database to the newest schema, over a real connection and in one transaction (Neon's HTTP driver would run
 * each statement on its own). Safe to run at every start and by two processes at once.
 */
export async function migrateDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('waypost migrations'))");
    await migrate(drizzle(client), {
      migrationsFolder: fileURLToPath(new URL('sql', import.meta.url)),
    });
  } finally {
    await client.end();
  }
}

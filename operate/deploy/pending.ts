import { Client } from 'pg';
import { z } from 'zod';
import { ownMigrations } from '../migrations.ts';

const Row = z.object({ count: z.number().int() });

/**
 * The migrations of this copy that a database does not have yet.
 * @throws Error when it cannot be reached, or knows more of them than this copy
 */
export async function pendingMigrations(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select to_regclass('drizzle.__drizzle_migrations') as known`,
    );
    const isNew = z.object({ known: z.string().nullable() }).parse(rows[0]).known === null;
    const applied = isNew
      ? 0
      : Row.parse(
          (await client.query('select count(*)::int as count from drizzle.__drizzle_migrations'))
            .rows[0],
        ).count;
    const own = ownMigrations();
    if (applied > own.length)
      throw new Error(
        `the database is ${applied - own.length} migrations ahead of this copy: deploy the version that ran last, or a newer one`,
      );
    return own.slice(applied);
  } finally {
    await client.end();
  }
}

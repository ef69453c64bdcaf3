import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { z } from 'zod';

const SQL = path.join(import.meta.dirname, '../../../migrations/sql');

/** Brings a database to the schema of an earlier release: every migration up to the named one, or before it. */
export async function migrateTo(
  connectionString: string,
  isWanted: (tag: string) => boolean,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waypost-migrations-'));
  await cp(SQL, folder, { recursive: true });
  const file = path.join(folder, 'meta/_journal.json');
  const journal = z
    .looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) })
    .parse(JSON.parse(await readFile(file, 'utf8')));
  const entries = journal.entries.filter(({ tag }) => isWanted(tag));
  await writeFile(file, JSON.stringify({ ...journal, entries }));
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end();
    await rm(folder, { recursive: true });
  }
}

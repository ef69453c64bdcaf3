import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Journal = z.object({ entries: z.array(z.object({ tag: z.string() })) });

/** The names of the migrations of this copy, the oldest first. */
export function ownMigrations(): string[] {
  const file = new URL('../migrations/sql/meta/_journal.json', import.meta.url);
  return Journal.parse(JSON.parse(readFileSync(file, 'utf8'))).entries.map(({ tag }) => tag);
}

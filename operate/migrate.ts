import { migrateDatabase } from '../migrations/migrate.ts';
import { complain, readOperatorEnv, say } from './env.ts';

/** `npm run migrate`: brings the database of DATABASE_URL to the schema of this copy, and nothing else. */
const { databaseUrl } = readOperatorEnv();
if (databaseUrl === undefined) {
  complain('waypost: set DATABASE_URL to the database, by its direct address.');
  process.exit(2);
}
await migrateDatabase(databaseUrl);
say('The database is at the newest schema.');
process.disconnect?.();

import { migrateDatabase } from '../migrations/migrate.ts';

/** `npm run migrate`: brings the database of DATABASE_URL to the schema of this copy, and nothing else. */
const url = process.env['DATABASE_URL'] ?? '';
if (url === '') {
  console.error('waypost: set DATABASE_URL to the database, by its direct address.');
  process.exit(2);
}
await migrateDatabase(url);
console.log('The database is at the newest schema.');
process.disconnect?.();

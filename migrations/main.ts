import { migrateDatabase } from './migrate.ts';

/** A process of its own, which is told the database's URL by its parent and ends when the schema is the newest. */
process.once('message', (connectionString: string) => {
  migrateDatabase(connectionString).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () =>
        process.exit(1),
      );
    },
  );
});

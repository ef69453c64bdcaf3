import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Longer than a service takes to close, so that one may be started while its forerunner ends. */
const LOCK_WAIT_MS = 3_000;
const SQLITE_BUSY = 5;

/**
 * Opens a service's database file in its own folder, made when missing. A commit is on disk before it
 * returns, and no second process can open the file: the kernel drops the lock when the owner dies.
 * @throws Error when another process has it
 */
export function openDatabase(dataDir: string, fileName: string, schema: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, fileName);
  const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec(schema);
  } catch (error) {
    db.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new Error(`${path} is in use by another process; stop that one first.`, {
        cause: error,
      });
    }
    throw error;
  }
  return db;
}

/** Runs `work` in one transaction: all of it is kept, or none. Not to be nested. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Another live process has the lock. */
export class FileLockedError extends Error {
  override name = 'FileLockedError';
  constructor(file: string) {
    super(`${dirname(file)} is in use by another process; stop that one first`);
  }
}

/**
 * Takes the lock that a file stands for; makes the file and its folder if need be. SQLite holds a lock of the operating
 * system on it, which ends with its process however that dies: no lock is ever stale, and no pid is mistaken for another's.
 * @param waitMs how long to wait for the process that has the lock; the thread blocks meanwhile
 * @returns gives the lock back. @throws FileLockedError
 */
export function lockFile(file: string, waitMs = 0): () => void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(file);
  try {
    lock.exec(`PRAGMA busy_timeout = ${waitMs}; BEGIN EXCLUSIVE`);
  } catch (error) {
    lock.close();
    throw isBusy(error) ? new FileLockedError(file) : error;
  }
  return () => lock.close();
}

/** Whether a live process has the lock. */
export function isFileLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  const lock = new DatabaseSync(file, { readOnly: true });
  try {
    lock.exec('PRAGMA busy_timeout = 0; SELECT 1 FROM sqlite_master');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    lock.close();
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

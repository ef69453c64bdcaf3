import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Keeps every other runner out of a directory. SQLite holds a lock of the operating system on `runner.lock`, which ends
 * with its process however that dies, so that no lock is ever stale and no pid is ever mistaken for another's.
 * @returns gives the directory free. @throws Error that says what to do, when a live process has it
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(directory, 'runner.lock'));
  try {
    // Leaves time for a process that only looks, as `isLocked` does.
    lock.exec('PRAGMA busy_timeout = 500; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new Error(
      `Another runner works in ${directory}. Stop it, or give this one a WWEBJS_DATA_DIR of its own.`,
      { cause: error },
    );
  }
  return () => lock.close();
}

/** Whether a live runner works in the directory. */
export function isLocked(directory: string): boolean {
  const file = join(directory, 'runner.lock');
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

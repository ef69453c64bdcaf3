import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Somebody else, alive, works in the directory. */
export class DirectoryInUseError extends Error {
  override name = 'DirectoryInUseError';
  constructor(directory: string) {
    super(`${directory} is in use by another process; stop that one first`);
  }
}

/**
 * Keeps every other process out of a directory, creating it if need be. SQLite holds a lock of the operating
 * system on `lock.sqlite`, which ends with its process, however that dies: no lock is ever stale.
 * @returns gives the directory free. @throws DirectoryInUseError
 * @param waitMs how long to wait for whoever holds it, with the thread
 */
export function lockDirectory(directory: string, waitMs = 0): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(path.join(directory, 'lock.sqlite'));
  try {
    lock.exec(`PRAGMA busy_timeout = ${waitMs}; BEGIN EXCLUSIVE`);
  } catch (error) {
    lock.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    throw busy ? new DirectoryInUseError(directory) : error;
  }
  return () => lock.close();
}

const SQLITE_BUSY = 5;

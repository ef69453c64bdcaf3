import { join } from 'node:path';
import { FileLockedError, isFileLocked, lockFile } from '../../shared/node/file-lock.ts';

/** A supervisor that asks `isLocked` has the lock for a moment itself. */
const LOOK_MS = 500;

const lockOf = (directory: string): string => join(directory, 'runner.lock');

/**
 * Keeps every other runner out of a data directory.
 * @returns gives the directory free. @throws Error that says what to do when another runner has it
 */
export function lockDirectory(directory: string): () => void {
  try {
    return lockFile(lockOf(directory), LOOK_MS);
  } catch (error) {
    if (!(error instanceof FileLockedError)) throw error;
    throw new Error(
      `Another runner works in ${directory}. Stop it, or give this one a WWEBJS_DATA_DIR of its own.`,
      { cause: error },
    );
  }
}

/** Whether a live runner works in the directory. */
export const isLocked = (directory: string): boolean => isFileLocked(lockOf(directory));

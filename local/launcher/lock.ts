import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes a deployment's folder for this process. A lock whose owner is gone is taken over.
 * @returns what gives it back
 * @throws Error with the other launcher's pid when one is running
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'launcher.pid');
  const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new Error(
      `Waypost already runs from ${directory} (process ${owner}). Stop it first, or set WAYPOST_DIR to another folder.`,
    );
  }
  await writeFile(path, String(process.pid));
  return () => rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: nobody has that pid
  }
}

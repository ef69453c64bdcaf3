import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freeProfile } from '../engine/wwebjs/profile.ts';
import { readProcessTable } from '../supervisor/process-table.ts';

/**
 * Ends browsers that an earlier runner left on the profiles of this data directory, and removes their locks. A process is
 * killed only when its own command line names one of these profiles. None of this runner's own browsers may be running.
 * @returns the sessions whose profiles were freed
 */
export async function reapStrayBrowsers(dataDir: string): Promise<string[]> {
  const commands = readProcessTable()?.map(({ command }) => `${command} `) ?? [];
  const reaped: string[] = [];
  for (const sessionId of await entriesOf(join(dataDir, 'sessions'))) {
    const profileDir = join(dataDir, 'sessions', sessionId, 'profile');
    const open = commands.some((command) => command.includes(`--user-data-dir=${profileDir} `));
    if (!open && !isLocked(profileDir)) continue;
    await freeProfile(profileDir);
    if (open) reaped.push(sessionId);
  }
  return reaped;
}

function isLocked(profileDir: string): boolean {
  try {
    return lstatSync(join(profileDir, 'SingletonLock')).isSymbolicLink();
  } catch {
    return false;
  }
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}

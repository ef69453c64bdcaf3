import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readProcessTable } from '../../supervisor/process-table.ts';
import { freeProfile } from './profile.ts';

/**
 * Ends browsers that an earlier runner left on these profiles, and removes their locks. A process is killed only when its own
 * command line names one of the profiles. None of this runner's own browsers may be running.
 * @returns the profiles that a browser still had open
 */
export async function reapStrayBrowsers(profileDirs: readonly string[]): Promise<string[]> {
  const commands = readProcessTable()?.map(({ command }) => `${command} `) ?? [];
  const reaped: string[] = [];
  for (const profileDir of profileDirs) {
    const open = commands.some((command) => command.includes(`--user-data-dir=${profileDir} `));
    if (!open && !isLocked(profileDir)) continue;
    await freeProfile(profileDir);
    if (open) reaped.push(profileDir);
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

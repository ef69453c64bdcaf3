import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialsFile } from '../../credentials.ts';

/** Holds the linked device. */
export const DATABASE = join('Default', 'IndexedDB');
/** What is kept of a Chromium profile. IndexedDB alone brings a device back; the page also keeps settings. */
export const KEPT = [DATABASE, join('Default', 'Local Storage')] as const;

/** Databases make these anew when they open. */
const LEFT_OUT = new Set(['LOCK', 'LOG', 'LOG.old']);

/** Written once and never changed: LevelDB's tables, and the files of large values. */
export function isImmutable(path: string): boolean {
  return path.endsWith('.ldb') || path.includes('.indexeddb.blob/');
}

/** The files of a profile that a copy of the device needs, in a fixed order, by their path in the profile. */
export async function listKept(profileDir: string): Promise<CredentialsFile[]> {
  const found: CredentialsFile[] = [];
  for (const root of KEPT) {
    for (const entry of await entriesOf(join(profileDir, root))) {
      if (!entry.isFile() || LEFT_OUT.has(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(path);
      found.push({ path: path.slice(profileDir.length + 1), sizeBytes: size, modifiedAt: mtimeMs });
    }
  }
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

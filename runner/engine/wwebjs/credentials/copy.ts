import { constants } from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CredentialsFile } from '../../credentials.ts';
import { isImmutable, listKept } from './kept-files.ts';

/**
 * Copies what a snapshot needs out of a profile, as fast as can be: nobody writes to it meanwhile.
 * @returns the files as they are in `target`
 */
export async function copyKept(
  profileDir: string,
  target: string,
  signal: AbortSignal,
): Promise<CredentialsFile[]> {
  const files = await listKept(profileDir);
  const directories = new Set(files.map(({ path }) => dirname(path)));
  for (const directory of directories)
    await mkdir(join(target, directory), { recursive: true, mode: 0o700 });
  for (const { path } of files) {
    signal.throwIfAborted();
    const [from, to] = [join(profileDir, path), join(target, path)];
    // For what never changes another name is as good as a copy, and takes no time.
    if (!isImmutable(path) || !(await tryLink(from, to)))
      await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
  return files;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    // Not every file system has links.
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isGone) throw new Error(`${basename(from)} went away during the copy`, { cause: error });
    return false;
  }
}

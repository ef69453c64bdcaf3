import { cp, lstat, mkdtemp, realpath, rename, rm, chmod, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Account, firstBarrier } from './account.ts';
import { type Binaries, EmbeddedUnavailableError } from './binaries.ts';

/** World-readable, and kept over restarts: the copy is made once a version. */
const SHELF = '/var/tmp';

/**
 * The programs where the account can run them: where npm put them, or, when that is behind a closed folder (a checkout under
 * /root, say), a copy outside. Root makes the copy; one that somebody else could have written is not trusted.
 * @throws EmbeddedUnavailableError when there is no place for a copy
 */
export async function reachableBinaries(
  account: Account,
  binaries: Binaries,
  shelf: string = SHELF,
): Promise<Binaries> {
  const barriers = await Promise.all(
    Object.values(binaries).map((program) => firstBarrier(account, program)),
  );
  const barrier = barriers.find((one) => one !== undefined);
  if (barrier === undefined) return binaries;
  const original = path.dirname(path.dirname(await realpath(binaries.postgres)));
  const { size, mtimeMs } = await stat(binaries.postgres);
  const copy = path.join(shelf, `waypost-postgresql-${size}-${Math.floor(mtimeMs)}`);
  try {
    await makeCopy(original, copy, shelf);
  } catch (error) {
    throw new EmbeddedUnavailableError(
      `PostgreSQL refuses root, ${account.name} may not enter ${barrier}, and no copy could be made in ${shelf}`,
      { cause: error },
    );
  }
  const moved = (program: string): string => path.join(copy, 'bin', path.basename(program));
  return {
    initdb: moved(binaries.initdb),
    postgres: moved(binaries.postgres),
    pg_ctl: moved(binaries.pg_ctl),
  };
}

async function makeCopy(original: string, copy: string, shelf: string): Promise<void> {
  const found = await lstat(copy).catch(() => undefined);
  if (found !== undefined) {
    if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
    throw new Error(`${copy} is not root's own`);
  }
  const draft = await mkdtemp(path.join(shelf, 'waypost-postgresql-draft-'));
  try {
    // Links may lead back behind the barrier, so what they lead to is copied.
    await cp(original, draft, { recursive: true, dereference: true });
    await chmod(draft, 0o755);
    await rename(draft, copy).catch(async (error: unknown) => {
      // Another process was faster; its copy is as good.
      if ((await lstat(copy).catch(() => undefined))?.uid !== 0) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

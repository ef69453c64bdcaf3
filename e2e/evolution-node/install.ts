import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the node's package and n8n's library are. */
export const folder = join(import.meta.dirname, 'installation');
/** Written last, so that an installation that broke off is begun again. */
const stamp = join(folder, 'node_modules', '.waypost-installed');

/** Installs what the lockfile names, on first use. Scripts stay out: the node's own refuses npm. */
export async function install(): Promise<void> {
  const lockfile = await readFile(join(folder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lockfile).digest('hex');
  const installed = await readFile(stamp, 'utf8').catch(() => null);
  if (installed === wanted) return;
  await run('npm', ['ci', ...QUIET], { cwd: folder });
  await writeFile(stamp, wanted);
}

const QUIET = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];

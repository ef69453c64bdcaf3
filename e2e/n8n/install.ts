import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from './installation/package.json' with { type: 'json' };

const folder = join(import.meta.dirname, 'installation');
/** Written last, so that an installation that broke off is begun again. */
const stamp = join(folder, 'node_modules', '.waypost-installed');

/** The program. */
export const N8N = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');

/** Installs n8n on first use, and says so. @throws Error that says what is missing */
export function setup(): void {
  const wanted = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const { n8n } = manifest.dependencies;
  say(`installing n8n ${n8n} in ${folder} (once; 3 GB, about five minutes) …`);
  // Scripts of its packages would compile clients of Kafka and Oracle, which no flow here needs.
  npm(
    ['install', '--ignore-scripts', '--no-package-lock'],
    'Check the network, the registry in your .npmrc and the space on the disk, then run this again.',
  );
  say('compiling SQLite for it (about a minute) …');
  npm(
    ['rebuild', 'sqlite3'],
    'This needs a C++ compiler, make and Python 3. Install them, then run this again.',
  );
  writeFileSync(stamp, wanted);
}

function npm(args: string[], advice: string): void {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync('npm', [...args, ...quiet], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  const why = error?.message ?? 'its message is above';
  throw new Error(`npm ${args.join(' ')} failed: ${why}. ${advice}`);
}

function say(text: string): void {
  process.stderr.write(`waypost: ${text}\n`);
}

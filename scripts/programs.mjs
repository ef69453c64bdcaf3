// What `npm start` runs is bundled into node_modules/.cache/waypost/, once for each state of the sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root } from './bootstrap.mjs';

const ROOMS = ['local', 'runner', 'shared', 'migrations'];
const CACHE = join(root, 'node_modules', '.cache', 'waypost');

/** Changes with every source file, and with the packages. */
function stateOfSources() {
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(root, room, name)),
  ).toSorted((one, other) => (one < other ? -1 : 1));
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json')]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @returns the folder of the bundled programs, made when the sources have changed */
export function ensurePrograms() {
  const folder = join(CACHE, stateOfSources());
  if (existsSync(folder)) return folder;
  const bundler = join(root, 'local', 'programs', 'bundle-main.ts');
  const { status } = spawnSync(pinnedNode, [bundler, folder], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(1);
  return folder;
}

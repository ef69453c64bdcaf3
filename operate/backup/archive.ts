import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockFile } from '../../shared/node/file-lock.ts';
import { VERSION } from '../../shared/version.ts';
import { inheritedEnvironment } from '../env.ts';
import { ownMigrations } from '../migrations.ts';

/** In the folder while it is packed: what the backup is of. */
const MANIFEST = 'backup.json';
/** Made anew at each start. */
const LEFT_OUT = ['logs', 'lock.sqlite*', 'data/edge/bundle', 'runner.env'];

const Manifest = z.object({ version: z.string(), migration: z.string(), madeAt: z.string() });
export type Manifest = z.infer<typeof Manifest>;

function tar(args: readonly string[]): void {
  const env = inheritedEnvironment();
  const { status, error, stderr } = spawnSync('tar', args, { encoding: 'utf8', env });
  if (error !== undefined) throw new Error(`tar could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
}

/**
 * Packs a deployment that is stopped into one file that only its owner can read: database, files, sealed profiles, and every key.
 * @returns the file. @throws Error when it runs
 */
export function backup({ directory, to }: { directory: string; to: string }): string {
  if (!existsSync(join(directory, 'settings.json')))
    throw new Error(`no deployment is in ${directory}; WAYPOST_DIR names its folder`);
  // Nobody starts it meanwhile.
  const unlock = lockFile(join(directory, 'lock.sqlite'));
  const manifest = join(directory, MANIFEST);
  try {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    const madeAt = new Date().toISOString();
    const facts: Manifest = { version: VERSION, migration: ownMigrations().at(-1) ?? '', madeAt };
    writeFileSync(manifest, JSON.stringify(facts), { mode: 0o600 });
    const file = join(to, `waypost-${madeAt.replaceAll(/[:.]/g, '-')}.tar.gz`);
    const draft = `${file}.unfinished`;
    // It is closed to others before anything is in it, and has its name once it is whole.
    writeFileSync(draft, '', { mode: 0o600 });
    const excluded = LEFT_OUT.map((name) => `--exclude=./${name}`);
    try {
      tar(['-czf', draft, '-C', directory, '--numeric-owner', ...excluded, '.']);
      renameSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
    return file;
  } finally {
    rmSync(manifest, { force: true });
    unlock();
  }
}

/**
 * Unpacks a backup into a folder that has no deployment yet.
 * @throws Error when the folder is taken, or the backup is of a newer version
 */
export function restore({ file, directory }: { file: string; directory: string }): Manifest {
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new Error(`${directory} is not empty: move it away first, or set WAYPOST_DIR`);
  const manifest = join(directory, MANIFEST);
  mkdirSync(directory, { recursive: true });
  const unpack = (...names: string[]): void =>
    tar(['-xzpf', file, '-C', directory, '--numeric-owner', ...names]);
  try {
    unpack(`./${MANIFEST}`);
    const facts = Manifest.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    if (!ownMigrations().includes(facts.migration))
      throw new Error(
        `the backup is of version ${facts.version}: restore it with that one or a newer one`,
      );
    unpack();
    rmSync(manifest);
    return facts;
  } catch (error) {
    // Half a deployment would start, and make new keys for data that only the old ones open.
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
    throw error;
  }
}

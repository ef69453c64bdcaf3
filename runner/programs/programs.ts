import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BUNDLER = fileURLToPath(new URL('./bundle-main.ts', import.meta.url));

/** Paths of what a runner starts beside itself. */
export type Programs = { session: string; supervisor: string };

/**
 * Puts the code of a session's process and of the supervisor into one JavaScript file each: loaded from their sources they
 * take 76 and 30 MiB, most of which is the loader's and the TypeScript stripper's. In a process of its own, since the
 * bundler's service would otherwise stay beside the runner for good: 95 MiB.
 */
export async function bundlePrograms(directory: string): Promise<Programs> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const programs = programsIn(directory);
  const beside = programsIn(dirname(process.argv[1] ?? ''));
  if (!existsSync(beside.session)) {
    await promisify(execFile)(process.execPath, [BUNDLER, directory], { env: {} });
    return programs;
  }
  // This runner is a bundle itself, and was made together with them.
  for (const file of Object.values(beside).flatMap((one) => [one, `${one}.map`])) {
    const own = join(directory, basename(file));
    await copyFile(file, own);
    await chmod(own, 0o600);
  }
  return programs;
}

const programsIn = (directory: string): Programs => ({
  session: join(directory, 'session-process.cjs'),
  supervisor: join(directory, 'supervisor.cjs'),
});

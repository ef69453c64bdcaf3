import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WorkerBundle } from './workerd-config.ts';

type Modules = Pick<WorkerBundle, 'script' | 'modules'>;

const script = (name: string): string =>
  fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

/**
 * Builds the Worker and its static files as `wrangler deploy` has them built. The bundler runs in a process that ends, since
 * it would keep its memory.
 * @param outDir gets the modules
 * @throws Error with the bundler's own words when it fails
 */
export async function buildWorker(outDir: string): Promise<Modules> {
  const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { env: {} });
  await Promise.all([
    run(script('build-docs-assets.mjs')),
    run(script('build-dashboard.mjs')),
    run(script('build-guide.mjs')),
    run(script('build-worker.mjs'), outDir),
  ]);
  return bundleIn(outDir);
}

/** The bundle that was built into this folder. */
export async function bundleIn(folder: string): Promise<Modules> {
  const main = 'worker.js';
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== main);
  return { script: join(folder, main), modules: names.map((name) => join(folder, name)) };
}

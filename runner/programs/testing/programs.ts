import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePrograms, type Programs } from '../programs.ts';

export type TestPrograms = Programs & { remove: () => Promise<void> };

/** The programs of one test file, in a folder of their own. */
export async function testPrograms(): Promise<TestPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'waypost-programs-'));
  return {
    ...(await bundlePrograms(folder)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

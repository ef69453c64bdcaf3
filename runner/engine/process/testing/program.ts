import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSessionProcess } from '../bundle.ts';

/** The program of a session's process for one test file, in a folder of its own. */
export async function testProgram(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'waypost-session-'));
  return {
    path: await bundleSessionProcess(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

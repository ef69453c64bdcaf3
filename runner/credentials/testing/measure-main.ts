import { join } from 'node:path';
import { z } from 'zod';
import { createEdgeClient } from '../../edge-client/edge-client.ts';
import { createLog } from '../../log.ts';
import { RUNNER_TO_EDGE } from '../../testing/fake-edge.ts';
import { testChromium } from '../../engine/wwebjs/testing/env.ts';
import type { CredentialsFile } from '../../engine/credentials.ts';
import { profileCredentials } from '../../engine/wwebjs/credentials/profile-credentials.ts';
import { restoreCredentials } from '../restore.ts';
import { takeSnapshot } from '../snapshot.ts';

/** A look costs a whole collection: on a busy machine, looks at a fixed pace would leave no time for the work. */
const PAUSE_PER_LOOK = 5;

/** Copies a profile to the edge and back in a process of its own, twice, and reports how far the memory in use rose the second time. */
const Task = z.object({
  edgeUrl: z.string(),
  runnerId: z.string(),
  bootId: z.string(),
  sessionId: z.string(),
  workspaceId: z.string(),
  epoch: z.number(),
  small: z.string(),
  large: z.string(),
  /** Of `large`, as they were copied. */
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), modifiedAt: z.number() })),
  workDir: z.string(),
});

/** What is in use. The resident size would add what V8 has not collected yet, which is as much as it finds convenient. */
function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run this with --expose-gc');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.once('message', (raw) => {
  const task = Task.parse(raw);
  const { edgeUrl, runnerId, bootId, sessionId, epoch, workspaceId, workDir } = task;
  const edge = createEdgeClient({ edgeUrl, runnerId, bootId, keys: RUNNER_TO_EDGE });
  const log = createLog({ level: 'error' });
  const holder = { sessionId, epoch, runnerId, bootId };
  const { signal } = new AbortController();

  const credentials = profileCredentials(testChromium());
  let generation = 0;
  const copy = async (
    directory: string,
    files: readonly CredentialsFile[],
  ): Promise<{ sizeBytes: number }> =>
    takeSnapshot({
      edge,
      holder,
      directory,
      files,
      credentials,
      phoneNumber: '15550001234',
      atRest: false,
      generation,
      beforeCommit: async (version) => {
        generation = version;
      },
      signal,
    });
  const restore = () =>
    restoreCredentials({
      edge,
      log,
      holder,
      workspaceId,
      credentials,
      stateDir: join(workDir, 'restored'),
      workDir: join(workDir, 'restoring'),
      signal,
    });
  const risen = async (work: () => Promise<unknown>): Promise<number> => {
    const before = heldBytes();
    let highest = before;
    let next: NodeJS.Timeout | undefined;
    const look = (): void => {
      const began = performance.now();
      highest = Math.max(highest, heldBytes());
      next = setTimeout(look, PAUSE_PER_LOOK * (performance.now() - began));
    };
    look();
    await work();
    clearTimeout(next);
    return highest - before;
  };

  void (async () => {
    // The first time loads code and fills pools.
    await copy(task.small, []);
    await restore();
    let sizeBytes = 0;
    const copied = await risen(async () => {
      ({ sizeBytes } = await copy(task.large, task.files));
    });
    const restored = await risen(restore);
    process.send?.({ sizeBytes, copied, restored }, undefined, undefined, () => process.exit(0));
  })();
});

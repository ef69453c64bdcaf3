import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Deployment } from '../testing/deployment.ts';
import { until } from '../testing/until.ts';

/** Size of the Worker's bundle, and how long it is away when its process is killed: bundling, workerd and first answer. */
export async function worker(
  deployment: Deployment,
): Promise<{ bundleKiB: number; gzipKiB: number; restartMs: number }> {
  const bundle = join(deployment.directory, 'data', 'edge', 'bundle', 'worker.js');
  const { size } = await stat(bundle);
  const gzipKiB = gzipSync(await readFile(bundle)).length / 1024;
  const { services } = await deployment.facts();
  const edge = services.find(({ name }) => name === 'edge')?.pid;
  if (edge === undefined) throw new Error('the deployment names no edge process');
  const startedAt = performance.now();
  process.kill(edge, 'SIGKILL');
  await until('the Worker to be gone', async () => {
    const answer = await deployment.api
      .call('GET', '/health', { key: null })
      .catch(() => undefined);
    return answer === undefined ? true : undefined;
  });
  await until('the Worker to answer again', async () => {
    const { status } = await deployment.api.call('GET', '/health', { key: null });
    return status === 200 ? true : undefined;
  });
  return { bundleKiB: size / 1024, gzipKiB, restartMs: performance.now() - startedAt };
}

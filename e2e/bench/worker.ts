import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startWorkerd } from '../../local/edge/workerd.ts';
import type { Deployment } from '../testing/deployment.ts';
import { percentiles } from '../testing/stats.ts';

const STARTS = 5;
const EMPTY_WORKER = 'export default { fetch: () => new Response("ok") };\n';

/** Size of the Worker's bundle, and the time from starting workerd to its first answer, beside an empty Worker's. */
export async function worker(
  deployment: Deployment,
): Promise<{ bundleKiB: number; gzipKiB: number; startMs: number; emptyStartMs: number }> {
  const script = join(deployment.directory, 'data', 'edge', 'bundle', 'worker.js');
  const { size } = await stat(script);
  const gzipKiB = gzipSync(await readFile(script)).length / 1024;
  const folder = await mkdtemp(join(tmpdir(), 'waypost-bench-'));
  const empty = join(folder, 'worker.js');
  await writeFile(empty, EMPTY_WORKER);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < STARTS; round += 1) {
      ours.push(await firstAnswerMs(script, folder));
      theirs.push(await firstAnswerMs(empty, folder));
    }
    return {
      bundleKiB: size / 1024,
      gzipKiB,
      startMs: percentiles(ours).p50,
      emptyStartMs: percentiles(theirs).p50,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The answer may well be an error, since the Worker is given no environment: it is the start that is measured. */
async function firstAnswerMs(script: string, dataDir: string): Promise<number> {
  const startedAt = performance.now();
  const workerd = await startWorkerd({
    bundle: {
      script,
      compatibilityDate: '2026-10-01',
      compatibilityFlags: [],
      durableObjects: [],
    },
    dataDir,
    port: 0,
    variables: {},
    privateEgress: [],
    logFile: join(dataDir, 'worker.log'),
  });
  await (await fetch(`http://127.0.0.1:${workerd.port}`)).text();
  const took = performance.now() - startedAt;
  await workerd.stop();
  return took;
}

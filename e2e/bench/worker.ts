import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleIn } from '../../local/edge/build.ts';
import { startWorkerd } from '../../local/edge/workerd.ts';
import type { Deployment } from '../testing/deployment.ts';
import { percentiles } from '../testing/stats.ts';

const STARTS = 5;
const EMPTY_WORKER = 'export default { fetch: () => new Response("ok") };\n';

/** Size of what the Worker loads at its start, and the time from starting workerd to its first answer, beside an empty Worker's. */
export async function worker(
  deployment: Deployment,
): Promise<{ bundleKiB: number; gzipKiB: number; startMs: number; emptyStartMs: number }> {
  const bundle = await bundleIn(join(deployment.directory, 'data', 'edge', 'bundle'));
  const atStart = await Promise.all(
    [...(await importedBy(bundle.script))].map((file) => readFile(file)),
  );
  const kibibytes = (sizes: number[]): number => sizes.reduce((sum, size) => sum + size, 0) / 1024;
  const folder = await mkdtemp(join(tmpdir(), 'waypost-bench-'));
  const empty = join(folder, 'worker.js');
  await writeFile(empty, EMPTY_WORKER);
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < STARTS; round += 1) {
      ours.push(await firstAnswerMs(bundle, folder));
      theirs.push(await firstAnswerMs({ script: empty }, folder));
    }
    return {
      bundleKiB: kibibytes(atStart.map(({ length }) => length)),
      gzipKiB: kibibytes(atStart.map((text) => gzipSync(text).length)),
      startMs: percentiles(ours).p50,
      emptyStartMs: percentiles(theirs).p50,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A module's file and those that it imports when it is loaded, not later by `import()`. */
async function importedBy(file: string, found = new Set<string>()): Promise<Set<string>> {
  found.add(file);
  const text = await readFile(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/(?:from|import)"\.\/([\w.-]+)"/g)) {
    const imported = join(dirname(file), name);
    if (!found.has(imported)) await importedBy(imported, found);
  }
  return found;
}

/** The answer may well be an error, since the Worker is given no environment: it is the start that is measured. */
async function firstAnswerMs(
  module: Awaited<ReturnType<typeof bundleIn>>,
  dataDir: string,
): Promise<number> {
  const startedAt = performance.now();
  const workerd = await startWorkerd({
    bundle: {
      ...module,
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

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from './deployment.ts';
import { until } from './until.ts';

/** The edge's own, with a line for each request. */
export const EDGE_LOG = 'worker.log';

/**
 * The log files of a deployment by name, with every request in them that was answered before. The edge writes its lines in
 * order, so that the line of a request made here comes after theirs.
 */
export async function readLogs({ api, directory }: Deployment): Promise<Map<string, string>> {
  const folder = join(directory, 'logs');
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const answer = await api.call('GET', '/health', { key: null });
  const marker = answer.headers.get('x-request-id');
  if (marker === null) throw new Error('an answer has the id of its request');
  await until('the edge to have logged its requests', async () =>
    (await read(EDGE_LOG)).includes(marker) ? true : undefined,
  );
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

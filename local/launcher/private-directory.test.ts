import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivate } from './private-directory.ts';

let directory: string;
const umask = process.umask();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waypost-private-'));
});
afterEach(async () => {
  process.umask(umask);
  await rm(directory, { recursive: true });
});

const modeOf = async (path: string) =>
  ((await stat(join(directory, path))).mode & 0o777).toString(8);

test('closes files that an older version left open, and files that are created later', async () => {
  const files = ['settings.json', 'logs/edge.log', 'data/redis/journal', 'data/sandbox/db.sqlite'];
  for (const file of files) {
    await mkdir(join(directory, file, '..'), { recursive: true });
    await writeFile(join(directory, file), '');
    await chmod(join(directory, file), 0o644);
  }
  makePrivate(directory);
  await mkdir(join(directory, 'data/new'));
  await writeFile(join(directory, 'data/new/file'), '');
  const paths = ['', 'data', 'logs', 'data/redis', 'data/new', 'settings.json', ...files.slice(2)];
  const modes = await Promise.all([...paths, 'data/new/file'].map(modeOf));
  expect(modes).toEqual(['711', '711', '700', '700', '700', '600', '600', '600', '600']);
});

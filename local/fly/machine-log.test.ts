import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machineLog } from './machine-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waypost-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keeps the logs of the twenty machines that wrote last', async () => {
  for (let n = 0; n < 25; n += 1) {
    const names = [`m${n}.log`, `m${n}.log.1`];
    for (const name of names) {
      await writeFile(join(folder, name), 'up\n');
      await utimes(join(folder, name), 1_000 + n, 1_000 + n);
    }
  }
  machineLog(folder, 'new').write('up');
  const kept = Array.from({ length: 19 }, (_, n) => `m${n + 6}.log`);
  expect((await readdir(folder)).toSorted()).toEqual(
    [...kept, ...kept.map((name) => `${name}.1`), 'new.log'].toSorted(),
  );
  machineLog(folder, 'm6').write('up again');
  expect(await readdir(folder)).toContain('m6.log.1');
});

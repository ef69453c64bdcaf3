import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const here = import.meta.dirname;
const bin = (name: string): string => join(here, 'node_modules', '.bin', name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waypost-api-types-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('types are made of the OpenAPI document, and a client compiles against them', async () => {
  const document = join(folder, 'openapi.json');
  await run(process.execPath, [join(here, '../../scripts/write-openapi.mjs'), document]);
  await mkdir(join(folder, 'dist'));
  await run(bin('openapi-typescript'), [document, '-o', join(folder, 'dist', 'api.ts')]);
  await cp(join(here, 'program.ts'), join(folder, 'program.ts'));
  await symlink(join(here, 'node_modules'), join(folder, 'node_modules'));
  const options =
    '--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --allowImportingTsExtensions ' +
    '--module ESNext --moduleResolution bundler --target ES2022';
  const { stdout } = await run(bin('tsc'), [
    ...options.split(' '),
    join(folder, 'program.ts'),
  ]).catch((failed: { stdout: string }) => failed);
  expect(stdout).toBe('');
});

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

let dataDir = '';
let child: ChildProcess;
let url = '';
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waypost-edge-'));
  const script = join(dataDir, 'worker.js');
  const assets = join(dataDir, 'assets');
  await writeFile(script, 'export default { fetch: (request, env) => env.ASSETS.fetch(request) };');
  await mkdir(join(assets, 'folder'), { recursive: true });
  await writeFile(join(assets, 'folder', 'page.css'), 'a {}');
  await writeFile(join(assets, '.hidden'), 'not for others');
  child = fork(fileURLToPath(new URL('testing/run-worker.ts', import.meta.url)), [
    dataDir,
    script,
    assets,
  ]);
  const [message] = await once(child, 'message');
  ({ url } = z.object({ url: z.string() }).parse(message));
});
afterAll(async () => {
  child.disconnect();
  await once(child, 'exit');
  await rm(dataDir, { recursive: true });
});

it('a static file comes with its type, and not again while it is unchanged', async () => {
  const first = await fetch(`${url}/folder/page.css`);
  expect(await first.text()).toBe('a {}');
  expect(first.headers.get('content-type')).toBe('text/css; charset=utf-8');
  const etag = first.headers.get('etag') ?? '';
  const headers = { 'if-none-match': etag };
  expect((await fetch(`${url}/folder/page.css`, { headers })).status).toBe(304);
});

it.each([
  '/none.css',
  '/folder',
  '/folder/',
  '/',
  '/.hidden',
  '/%2e%2e/worker.js',
  '/..%2fworker.js',
])('%s is no asset', async (path) => {
  expect((await fetch(`${url}${path}`)).status).toBe(404);
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const BUNDLER = fileURLToPath(new URL('bundle-main.ts', import.meta.url));

let cache = '';
let folder = '';
const old = (name: string): string => join(cache, name);
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'waypost-programs-'));
  folder = join(cache, 'new');
  for (const name of ['unused', 'used']) {
    mkdirSync(old(name));
    writeFileSync(join(old(name), 'launcher.mjs'), 'setInterval(() => {}, 60_000)');
  }
});
afterAll(() => rmSync(cache, { recursive: true }));

test('bundles every program, and removes earlier folders that nothing runs from', async () => {
  const running = spawn(process.execPath, [join(old('used'), 'launcher.mjs')]);
  await once(running, 'spawn');
  execFileSync(process.execPath, [BUNDLER, folder]);
  const ended = once(running, 'exit');
  running.kill();
  await ended;
  expect(readdirSync(cache).toSorted()).toEqual(['new', 'used']);
  expect(
    readdirSync(folder)
      .filter((name) => !name.endsWith('.map'))
      .toSorted(),
  ).toEqual([
    'edge.mjs',
    'fly.mjs',
    'launcher.mjs',
    'runner.mjs',
    'sandbox.mjs',
    'services.mjs',
    'session-process.cjs',
    'supervisor.cjs',
  ]);
});

test('a stack trace names the line of the source', async () => {
  const child = spawn(process.execPath, [join(folder, 'services.mjs')], { env: {} });
  const said = await text(child.stderr);
  expect(said).toMatch(/Error: WAYPOST_SERVICE is not set.*\n\s+at .*local\/env\.ts:\d+:\d+\)/);
  expect(said).toMatch(/local\/service-process\.ts:\d+:\d+/);
  // Node shows the line of the bundle as well; one line with all of it would fill the log.
  expect(said.length).toBeLessThan(3_000);
});

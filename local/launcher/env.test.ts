import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { LauncherEnv } from './env.ts';

test('the guide lists every variable', async () => {
  const guide = await readFile(new URL('../../docs/self-hosting.md', import.meta.url), 'utf8');
  const told = new Set(Array.from(guide.matchAll(/`([A-Z][A-Z_]+)`/g), ([, name]) => name));
  expect(told).toEqual(new Set(Object.keys(LauncherEnv.shape)));
});

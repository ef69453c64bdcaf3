import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { VERSION } from '../shared/version.ts';

const read = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

test('package.json and the newest entry of the change log state the same version', async () => {
  expect(JSON.parse(await read('package.json'))).toMatchObject({ version: VERSION });
  expect(/^## (\S+)/m.exec(await read('CHANGELOG.md'))?.[1]).toBe(VERSION);
});

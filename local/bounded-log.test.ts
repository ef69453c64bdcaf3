import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BoundedLog } from './bounded-log.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waypost-log-'));
});
afterEach(() => rm(directory, { recursive: true }));

const read = (name: string) => readFile(join(directory, name), 'utf8');
const bounds = { fileBytes: 60, fileMs: 1_000, field: 10 };

test('cuts what is long in a line, which stays JSON', async () => {
  const log = new BoundedLog(join(directory, 'edge.log'), bounds);
  log.write(JSON.stringify({ path: 'x'.repeat(8_192), deep: [{ ua: 'y'.repeat(11) }], n: 1 }));
  log.write('z'.repeat(12));
  const [first = '', second] = (await read('edge.log')).split('\n');
  expect(JSON.parse(first)).toEqual({
    path: 'xxxxxxxxxx… (8182 more)',
    deep: [{ ua: 'yyyyyyyyyy… (1 more)' }],
    n: 1,
  });
  expect(second).toBe('zzzzzzzzzz… (2 more)');
  log.close();
});

test('keeps two files, also after a restart: the last one and the one before', async () => {
  const open = () => new BoundedLog(join(directory, 'edge.log'), { ...bounds, fileBytes: 4 });
  const log = open();
  for (const line of ['one', 'two', 'three']) {
    log.look();
    log.write(line);
  }
  const again = open();
  again.look();
  again.write('four');
  expect(await readdir(directory)).toEqual(['edge.log', 'edge.log.1']);
  expect([await read('edge.log.1'), await read('edge.log')]).toEqual(['three\n', 'four\n']);
});

test('begins a new file when the last is old', async () => {
  let now = Date.now();
  const log = new BoundedLog(join(directory, 'edge.log'), bounds, () => now);
  log.write('old');
  log.look();
  expect(await read('edge.log')).toBe('old\n');
  now += 1_001;
  log.look();
  log.write('new');
  expect([await read('edge.log.1'), await read('edge.log')]).toEqual(['old\n', 'new\n']);
});

/** Says more than a pipe takes, then tells its parent. */
const TALKER = `
  for (let n = 0; n < 2000; n += 1) process.stderr.write('x'.repeat(99) + '\\n');
  process.send('said all');
  process.once('message', () => process.stderr.write('after\\n', () => process.exit()));
`;

test('a process goes on while nobody reads what it says, and in the new file of its log', async () => {
  const file = join(directory, 'part.log');
  const log = new BoundedLog(file);
  const child = spawn(process.execPath, ['-e', TALKER], {
    stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
  });
  await once(child, 'message');
  new BoundedLog(file, bounds).look();
  child.send('go on');
  await once(child, 'exit');
  expect(await read('part.log')).toBe('after\n');
  expect((await read('part.log.1')).length).toBe(200_000);
  expect([log.lastWords(0), log.lastWords(log.size)]).toEqual(['after', '']);
});

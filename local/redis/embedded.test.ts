import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from '@upstash/redis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { end, ServiceProcesses } from '../testing/service-processes.ts';
import type { RunningService } from '../service-process.ts';
import { startRedis } from './server.ts';

const TOKEN = 'a-token-of-enough-length';

let directory: string;
let now: number;
const services: RunningService[] = [];
const processes = new ServiceProcesses(new URL('./main.ts', import.meta.url));

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'waypost-redis-'));
  now = 1_700_000_000_000;
});

afterEach(async () => {
  await stopAll();
  await processes.close();
  await rm(directory, { recursive: true });
});

async function start(): Promise<Redis> {
  const service = await startRedis(
    { dataDir: directory, token: TOKEN },
    { log: () => undefined, now: () => now },
  );
  services.push(service);
  return new Redis({ url: service.url, token: TOKEN });
}

async function stopAll(): Promise<void> {
  for (const service of services.splice(0)) await service.close();
}

const journal = (): string => path.join(directory, 'journal.jsonl');

test('a key is there until its moment, and not from then on', async () => {
  const redis = await start();
  await redis.set('k', 'v', { px: 1000 });
  await redis.set('h', 1);
  await redis.pexpire('h', 500);
  now += 499;
  expect(await redis.get('h')).toBe(1);
  now += 1;
  expect(await redis.get('h')).toBeNull();
  expect(await redis.pttl('k')).toBe(500);
  now += 500;
  expect(await redis.get('k')).toBeNull();
  // What comes after must not inherit the old expiry.
  await redis.incrby('k', 1);
  now += 10_000;
  expect(await redis.get('k')).toBe(1);
});

test('everything is there again after a restart, with its expiry', async () => {
  let redis = await start();
  await redis.set('kept', 'ü');
  await redis.set('short', 1, { px: 1000 });
  await redis.set('gone', 1);
  await redis.set('h', 2);
  await redis.del('gone');
  await redis.eval(
    "redis.call('INCRBY', KEYS[1], 7) redis.call('PEXPIRE', KEYS[1], 2000)",
    ['n'],
    [],
  );
  await stopAll();

  now += 1500;
  redis = await start();
  expect(await redis.get('kept')).toBe('ü');
  expect(await redis.get('short')).toBeNull();
  expect(await redis.get('h')).toBe(2);
  expect(await redis.get('gone')).toBeNull();
  expect(await redis.get('n')).toBe(7);
  expect(await redis.pttl('n')).toBe(500);
});

test('kill -9 between writes loses nothing that was acknowledged', async () => {
  const config = { dataDir: directory, token: TOKEN };
  const { child, url } = await processes.start(config);
  const acknowledged: string[] = [];
  const BOTH = "redis.call('SET', KEYS[1], 'v') redis.call('SET', KEYS[2], 'v')";
  const write = async (writer: number): Promise<void> => {
    const client = new Redis({ url, token: TOKEN, retry: false, enableAutoPipelining: false });
    for (let n = 0; ; n += 1) {
      const key = `${writer}-${n}`;
      try {
        await client.eval(BOTH, [`${key}-a`, `${key}-b`], []);
      } catch {
        return;
      }
      acknowledged.push(key);
      if (acknowledged.length === 200) child.kill('SIGKILL');
    }
  };
  await Promise.all([1, 2, 3, 4].map(write));
  await end(child, 'SIGKILL');

  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  const redis = await start();
  const valuesOf = (suffix: string, keys: string[]) =>
    redis.mget<(string | null)[]>(...keys.map((key) => `${key}-${suffix}`));
  expect((await valuesOf('a', acknowledged)).filter((value) => value !== 'v')).toEqual([]);
  expect((await valuesOf('b', acknowledged)).filter((value) => value !== 'v')).toEqual([]);
  // Of what was under way, both are there or neither is.
  const open = [1, 2, 3, 4].map(
    (writer) => `${writer}-${acknowledged.filter((key) => key.startsWith(`${writer}-`)).length}`,
  );
  expect(await valuesOf('a', open)).toEqual(await valuesOf('b', open));
});

test('a last line that was cut short is dropped, and writing goes on behind it', async () => {
  let redis = await start();
  await redis.set('a', 1);
  await stopAll();
  await appendFile(journal(), '[1700000000000,[["SET","b"');
  redis = await start();
  expect(await redis.get('b')).toBeNull();
  await redis.set('c', 3);
  await stopAll();
  redis = await start();
  expect(await redis.mget('a', 'b', 'c')).toEqual([1, null, 3]);
});

test('a damaged journal is refused rather than half read', async () => {
  const redis = await start();
  await redis.set('a', 1);
  await redis.set('b', 2);
  await stopAll();
  const lines = (await readFile(journal(), 'utf8')).split('\n');
  await writeFile(journal(), ['damaged', ...lines.slice(1)].join('\n'));
  await expect(start()).rejects.toThrow('line 1 is damaged');
});

test('the journal is shortened when most of it is history', async () => {
  let redis = await start();
  const large = 'x'.repeat(100_000);
  for (let n = 0; n < 60; n += 1) await redis.set('k', `${n}${large}`, { px: 60_000 });
  expect((await stat(journal())).size).toBeLessThan(4 * 1024 * 1024);
  await redis.set('last', 1);
  await stopAll();
  redis = await start();
  expect(await redis.get('k')).toBe(`59${large}`);
  expect(await redis.pttl('k')).toBe(60_000);
  expect(await redis.get('last')).toBe(1);
});

test('one process at a time has the directory', async () => {
  await start();
  await expect(start()).rejects.toThrow('is in use by another process');
});

test('a script that does not end is stopped, and others are served again', async () => {
  const redis = await start();
  await redis.set('k', 'v');
  await expect(redis.eval('while true do end', [], [])).rejects.toThrow('runs for too long');
  await expect(
    redis.eval('while true do pcall(function() while true do end end) end', [], []),
  ).rejects.toThrow('runs for too long');
  expect(await redis.get('k')).toBe('v');
});

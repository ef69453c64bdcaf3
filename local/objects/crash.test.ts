import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ObjectsConfig, startObjects } from './server.ts';
import { BUCKET, clientOf, testConfig } from './testing/stack.ts';
import { end, ServiceProcesses } from '../testing/service-processes.ts';

let config: ObjectsConfig;
const processes = new ServiceProcesses(new URL('./main.ts', import.meta.url));
beforeEach(async () => {
  config = await testConfig();
});
afterEach(async () => {
  await processes.close();
  await rm(config.dataDir, { recursive: true });
});

test('after kill -9 every acknowledged object is whole, and no other bytes are left', async () => {
  const first = await processes.start(config);
  const client = clientOf(config, first.url);
  const stored = new Map<string, string>();
  let enough: (() => void) | undefined;
  const started = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; n < 1_000; n += 1) {
      const Key = `w${writer}/${n % 5}`;
      const Body = randomBytes(300_000);
      const digest = createHash('md5').update(Body).digest('hex');
      // Overwritten keys may hold the new or the old bytes when the answer never came.
      stored.delete(Key);
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
      stored.set(Key, digest);
      if (n === 6) enough?.();
    }
  });
  await started;
  const settled = Promise.allSettled(writers);
  await end(first.child, 'SIGKILL');
  const outcomes = await settled;
  expect(outcomes.every((one) => one.status === 'rejected')).toBe(true);

  const second = await processes.start(config);
  const reader = clientOf(config, second.url);
  let found = 0;
  for (const Key of [0, 1, 2, 3].flatMap((w) => [0, 1, 2, 3, 4].map((n) => `w${w}/${n}`))) {
    const got = await reader
      .send(new GetObjectCommand({ Bucket: BUCKET, Key }))
      .catch((error: unknown) => {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      });
    if (got === undefined) continue;
    found += 1;
    const bytes = (await got.Body?.transformToByteArray()) ?? new Uint8Array();
    const digest = createHash('md5').update(bytes).digest('hex');
    expect(got.ETag).toBe(`"${digest}"`);
    expect([digest, undefined]).toContain(stored.get(Key));
    stored.delete(Key);
  }
  expect(found).toBeGreaterThan(5);
  expect(stored.size).toBe(0);
  const files = await readdir(join(config.dataDir, 'blobs'), {
    recursive: true,
    withFileTypes: true,
  });
  expect(files.filter((entry) => entry.isFile())).toHaveLength(found);
  expect(await readdir(join(config.dataDir, 'tmp'))).toEqual([]);
  client.destroy();
  reader.destroy();
});

test('a start that fails lets go of the folder', async () => {
  const blobs = join(config.dataDir, 'blobs');
  await writeFile(blobs, 'no folder');
  await expect(startObjects(config)).rejects.toThrow('blobs');
  await rm(blobs);
  const started = await startObjects(config);
  await started.close();
});

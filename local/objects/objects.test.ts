import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUCKET, clientOf, startTestStack } from './testing/stack.ts';

let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeEach(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.close());

const at = (Key: string) => ({ Bucket: BUCKET, Key });
const put = (key: string, Body: string | Uint8Array, more = {}) =>
  stack.client.send(new PutObjectCommand({ ...at(key), Body, ...more }));
async function read(key: string, more = {}): Promise<string> {
  const got = await stack.client.send(new GetObjectCommand({ ...at(key), ...more }));
  return (await got.Body?.transformToString()) ?? '';
}
const md5 = (data: string | Uint8Array): string =>
  `"${createHash('md5').update(data).digest('hex')}"`;
async function blobCount(): Promise<number> {
  const entries = await readdir(join(stack.config.dataDir, 'blobs'), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).length;
}

test('put, head, get and delete, with headers and metadata', async () => {
  const key = 'media/ünï code/(1)+&=\'"<x>.bin';
  const { ETag } = await put(key, 'hello', {
    ContentType: 'image/png',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment; filename="a.png"',
    Metadata: { sha: 'abc' },
  });
  expect(ETag).toBe(md5('hello'));
  const head = await stack.client.send(new HeadObjectCommand(at(key)));
  expect(head).toMatchObject({
    ContentLength: 5,
    ContentType: 'image/png',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment; filename="a.png"',
    Metadata: { sha: 'abc' },
    ETag,
  });
  expect(await read(key)).toBe('hello');
  await stack.client.send(new DeleteObjectCommand(at(key)));
  await stack.client.send(new DeleteObjectCommand(at(key)));
  await expect(read(key)).rejects.toMatchObject({
    name: 'NoSuchKey',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(stack.client.send(new HeadObjectCommand(at(key)))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  expect(await blobCount()).toBe(0);
});

test('an empty object, and an overwrite that leaves nothing behind', async () => {
  await put('k', '');
  expect(await read('k')).toBe('');
  await put('k', 'one');
  await put('k', 'two');
  expect(await read('k')).toBe('two');
  expect(await blobCount()).toBe(1);
});

test('a stream goes up in aws-chunked framing with a checksum trailer', async () => {
  const data = randomBytes(3 * 1024 * 1024 + 17);
  const parts = [data.subarray(0, 100), data.subarray(100, 2_000_000), data.subarray(2_000_000)];
  const sent: unknown[] = [];
  stack.client.middlewareStack.add(
    (next) => (args) => {
      sent.push((args.request as { headers: Record<string, string> }).headers);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await stack.client.send(
    new PutObjectCommand({
      ...at('stream'),
      Body: Readable.from(parts),
      ContentLength: data.length,
      ChecksumAlgorithm: 'CRC32',
    }),
  );
  expect(sent[0]).toMatchObject({
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  });
  const got = await stack.client.send(new GetObjectCommand(at('stream')));
  expect(got.ContentEncoding).toBeUndefined();
  expect(Buffer.compare((await got.Body?.transformToByteArray()) ?? data.subarray(1), data)).toBe(
    0,
  );
});

test.each(['CRC32', 'SHA1', 'SHA256'] as const)('checks %s', async (ChecksumAlgorithm) => {
  await put('sum', 'data', { ChecksumAlgorithm });
  expect(await read('sum')).toBe('data');
});

test.each([
  ['ChecksumCRC32', 'AAAAAA=='],
  ['ChecksumSHA256', createHash('sha256').update('other').digest('base64')],
  ['ContentMD5', createHash('md5').update('other').digest('base64')],
])('a wrong %s is refused and stores nothing', async (name, value) => {
  await expect(put('bad', 'data', { [name]: value })).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read('bad')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(await blobCount()).toBe(0);
});

test('ranges', async () => {
  await put('r', '0123456789');
  const part = await stack.client.send(new GetObjectCommand({ ...at('r'), Range: 'bytes=2-4' }));
  expect(part).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3 });
  expect(await part.Body?.transformToString()).toBe('234');
  expect(await read('r', { Range: 'bytes=-3' })).toBe('789');
  await expect(read('r', { Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
    $metadata: { httpStatusCode: 416 },
  });
});

test('conditions on reads', async () => {
  const { ETag } = await put('c', 'x');
  expect(await read('c', { IfMatch: ETag })).toBe('x');
  await expect(read('c', { IfMatch: '"no"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(read('c', { IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
});

test('If-None-Match: * lets one of many writers win', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => put('once', `writer ${n}`, { IfNoneMatch: '*' })),
  );
  const losers = results.filter((one) => one.status === 'rejected');
  expect(losers).toHaveLength(7);
  for (const one of losers) expect(one.reason).toHaveProperty('$metadata.httpStatusCode', 412);
  const winner = results.findIndex((one) => one.status === 'fulfilled');
  expect(await read('once')).toBe(`writer ${winner}`);
  expect(await blobCount()).toBe(1);
});

test('lists by prefix, delimiter and page', async () => {
  const keys = ['a/1', 'a/2', 'a/b/3', 'b/1', 'b/2', 'c', 'ü&<>', 'z z'];
  for (const key of keys) await put(key, key);
  const list = (more = {}) =>
    stack.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }));
  const all = await list();
  expect(all.Contents?.map((one) => one.Key).sort()).toEqual(keys.toSorted());
  expect(all).toMatchObject({ KeyCount: 8, IsTruncated: false });
  expect(all.Contents?.[0]).toMatchObject({ Size: 3, ETag: md5('a/1') });

  const folders = await list({ Delimiter: '/' });
  expect(folders.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['a/', 'b/']);
  expect(folders.Contents?.map((one) => one.Key)).toEqual(['c', 'z z', 'ü&<>']);
  const inside = await list({ Delimiter: '/', Prefix: 'a/' });
  expect(inside.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['a/b/']);
  expect(inside.Contents?.map((one) => one.Key)).toEqual(['a/1', 'a/2']);
  expect((await list({ StartAfter: 'b/1' })).Contents?.[0]?.Key).toBe('b/2');
  expect((await list({ EncodingType: 'url', Prefix: 'ü' })).Contents?.[0]?.Key).toBe(
    '%C3%BC%26%3C%3E',
  );

  for (const Delimiter of ['/', '']) {
    const paged: (string | undefined)[] = [];
    const pages = paginateListObjectsV2(
      { client: stack.client, pageSize: 1 },
      { Bucket: BUCKET, Delimiter },
    );
    for await (const page of pages) {
      expect(page.KeyCount).toBe(1);
      paged.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix));
      paged.push(...(page.Contents ?? []).map((one) => one.Key));
    }
    expect(paged).toEqual(
      Delimiter === '' ? all.Contents?.map((one) => one.Key) : ['a/', 'b/', 'c', 'z z', 'ü&<>'],
    );
  }
});

test('many keys under one prefix are one line, and other pages go on', async () => {
  for (let n = 0; n < 120; n += 1) await put(`logs/${n}`, 'x');
  await put('zeta', 'x');
  const found = await stack.client.send(
    new ListObjectsV2Command({ Bucket: BUCKET, Delimiter: '/' }),
  );
  expect(found.CommonPrefixes).toEqual([{ Prefix: 'logs/' }]);
  expect(found.Contents?.map((one) => one.Key)).toEqual(['zeta']);
  const all = await stack.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(all.KeyCount).toBe(121);
});

test('what is not there or not supported says so', async () => {
  await stack.client.send(new HeadBucketCommand({ Bucket: BUCKET }));
  await expect(
    stack.client.send(new PutObjectCommand({ Bucket: 'no-such', Key: 'k', Body: 'x' })),
  ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await put('k', 'x');
  const unsupported = [
    () => stack.client.send(new CreateMultipartUploadCommand(at('big'))),
    () => stack.client.send(new CopyObjectCommand({ ...at('copy'), CopySource: `${BUCKET}/k` })),
    () =>
      stack.client.send(
        new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'k' }] } }),
      ),
  ];
  for (const one of unsupported)
    await expect(one()).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(stack.client.send(new GetObjectAclCommand(at('k')))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  await expect(put('k'.repeat(1_025), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

test('keys that look like paths out of the folder are only names', async () => {
  const raw = clientOf(stack.config, stack.url);
  for (const key of ['../../etc/passwd', 'a//b', './x', '..']) {
    await raw.send(new PutObjectCommand({ Bucket: BUCKET, Key: `p/${key}`, Body: key }));
    expect(await read(`p/${key}`)).toBe(key);
  }
  raw.destroy();
});

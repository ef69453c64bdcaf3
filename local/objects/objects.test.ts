import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
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
async function read(key: string): Promise<string> {
  const got = await stack.client.send(new GetObjectCommand(at(key)));
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

test('put, get and delete, with headers', async () => {
  const key = 'media/ünï code/(1)+&=\'"<x>.bin';
  const { ETag } = await put(key, 'hello', {
    ContentType: 'image/png',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment; filename="a.png"',
  });
  expect(ETag).toBe(md5('hello'));
  const got = await stack.client.send(new GetObjectCommand(at(key)));
  expect(got).toMatchObject({
    ContentLength: 5,
    ContentType: 'image/png',
    CacheControl: 'no-store',
    ContentDisposition: 'attachment; filename="a.png"',
    ETag,
  });
  expect(await got.Body?.transformToString()).toBe('hello');
  await stack.client.send(new DeleteObjectCommand(at(key)));
  await stack.client.send(new DeleteObjectCommand(at(key)));
  await expect(read(key)).rejects.toMatchObject({
    name: 'NoSuchKey',
    $metadata: { httpStatusCode: 404 },
  });
  expect(await blobCount()).toBe(0);
});

test('a range of an object', async () => {
  await put('k', 'hello');
  const part = async (Range: string) => {
    const got = await stack.client.send(new GetObjectCommand({ ...at('k'), Range }));
    return [await got.Body?.transformToString(), got.ContentLength, got.ContentRange];
  };
  expect(await part('bytes=1-3')).toEqual(['ell', 3, 'bytes 1-3/5']);
  expect(await part('bytes=4-9')).toEqual(['o', 1, 'bytes 4-4/5']);
  await expect(part('bytes=5-9')).rejects.toMatchObject({ name: 'InvalidRange' });
  await expect(part('bytes=-2')).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('an empty object, and an overwrite that leaves nothing behind', async () => {
  await put('k', '');
  expect(await read('k')).toBe('');
  await put('k', 'one');
  await put('k', 'two');
  expect(await read('k')).toBe('two');
  expect(await blobCount()).toBe(1);
});

test.each([
  ['ChecksumCRC32', 'AAAAAA=='],
  ['ContentMD5', createHash('md5').update('data').digest('base64')],
])('%s is refused rather than passed over, and nothing is stored', async (name, value) => {
  await expect(put('sum', 'data', { [name]: value })).rejects.toMatchObject({
    name: 'NotImplemented',
  });
  expect(await blobCount()).toBe(0);
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

test('what is not there or not supported says so', async () => {
  await expect(
    stack.client.send(new PutObjectCommand({ Bucket: 'no-such', Key: 'k', Body: 'x' })),
  ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await put('k', 'x');
  const unsupported = [
    () => stack.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Delimiter: '/' })),
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

test('a list is in the order of the keys, in pages', async () => {
  for (const key of ['b/2', 'a', 'b/ä+1', 'c']) await put(key, key);
  const list = (StartAfter?: string) =>
    stack.client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, EncodingType: 'url', MaxKeys: 3, StartAfter }),
    );
  const first = await list();
  expect(first).toMatchObject({ IsTruncated: true, KeyCount: 3 });
  const keys = first.Contents?.map(({ Key = '' }) => decodeURIComponent(Key));
  expect(keys).toEqual(['a', 'b/2', 'b/ä+1']);
  expect(first.Contents?.[0]).toMatchObject({ Size: 1, LastModified: expect.any(Date) });
  const rest = await list(keys?.at(-1));
  expect(rest).toMatchObject({ IsTruncated: false, Contents: [{ Key: 'c' }] });
});

test('keys that look like paths out of the folder are only names', async () => {
  const raw = clientOf(stack.config, stack.url);
  for (const key of ['../../etc/passwd', 'a//b', './x', '..']) {
    await raw.send(new PutObjectCommand({ Bucket: BUCKET, Key: `p/${key}`, Body: key }));
    expect(await read(`p/${key}`)).toBe(key);
  }
  raw.destroy();
});

test('multipart: parts in any order, replaced, listed, joined', async () => {
  const { UploadId } = await stack.client.send(
    new CreateMultipartUploadCommand({ ...at('big'), ContentType: 'video/mp4' }),
  );
  const first = randomBytes(5 * 1024 * 1024);
  const last = randomBytes(1_000);
  const upload = (PartNumber: number, Body: Uint8Array) =>
    stack.client.send(new UploadPartCommand({ ...at('big'), UploadId, PartNumber, Body }));
  const two = await upload(2, last);
  await upload(1, randomBytes(10));
  const one = await upload(1, first);
  await expect(read('big')).rejects.toMatchObject({ name: 'NoSuchKey' });
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    stack.client.send(
      new CompleteMultipartUploadCommand({ ...at('big'), UploadId, MultipartUpload: { Parts } }),
    );
  const parts = [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: two.ETag },
  ];
  await expect(complete([{ PartNumber: 1, ETag: two.ETag }])).rejects.toMatchObject({
    name: 'InvalidPart',
  });
  await expect(complete(parts.toReversed())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  const done = await complete(parts);
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const got = await stack.client.send(new GetObjectCommand(at('big')));
  expect(got.ContentType).toBe('video/mp4');
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  expect(bytes.equals(Buffer.concat([first, last]))).toBe(true);
  expect(await blobCount()).toBe(1);
  await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('an aborted upload leaves nothing; a small part in the middle is refused', async () => {
  const { UploadId } = await stack.client.send(new CreateMultipartUploadCommand(at('m')));
  const parts = [];
  for (const PartNumber of [1, 2]) {
    const { ETag } = await stack.client.send(
      new UploadPartCommand({ ...at('m'), UploadId, PartNumber, Body: 'small' }),
    );
    parts.push({ PartNumber, ETag });
  }
  const MultipartUpload = { Parts: parts };
  await expect(
    stack.client.send(
      new CompleteMultipartUploadCommand({ ...at('m'), UploadId, MultipartUpload }),
    ),
  ).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await stack.client.send(new AbortMultipartUploadCommand({ ...at('m'), UploadId }));
  expect(await blobCount()).toBe(0);
});

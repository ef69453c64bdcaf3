import { request as httpRequest } from 'node:http';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUCKET, clientOf, startTestStack } from './testing/stack.ts';

let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeEach(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.close());

const at = (Key: string) => ({ Bucket: BUCKET, Key });
const signer = () => clientOf(stack.config, stack.url);
const presignPut = (key: string) =>
  getSignedUrl(signer(), new PutObjectCommand(at(key)), { expiresIn: 60 });
const presignGet = (key: string) =>
  getSignedUrl(signer(), new GetObjectCommand(at(key)), { expiresIn: 60 });
async function codeOf(response: Response): Promise<[number, string | undefined]> {
  return [response.status, /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]];
}

test('presigned PUT and GET by plain fetch', async () => {
  const key = "p/ä +&='(x)~.jpg";
  const put = await fetch(await presignPut(key), {
    method: 'PUT',
    body: 'picture',
    headers: { 'content-type': 'image/jpeg' },
  });
  expect(put.status).toBe(200);
  const got = await fetch(await presignGet(key));
  expect(got.headers.get('content-type')).toBe('image/jpeg');
  expect(await got.text()).toBe('picture');
});

test.each([
  ['the key', (url: URL) => (url.pathname += 'x')],
  ['the signature', (url: URL) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64))],
  ['no signature text', (url: URL) => url.searchParams.set('X-Amz-Signature', '')],
  ['the lifetime', (url: URL) => url.searchParams.set('X-Amz-Expires', '600')],
  ['an added parameter', (url: URL) => url.searchParams.set('response-content-type', 'text/html')],
  ['the signed headers', (url: URL) => url.searchParams.set('X-Amz-SignedHeaders', 'host;range')],
])('a presigned URL with %s changed is SignatureDoesNotMatch', async (_name, change) => {
  await stack.client.send(new PutObjectCommand({ ...at('k'), Body: 'x' }));
  await stack.client.send(new PutObjectCommand({ ...at('kx'), Body: 'x' }));
  const url = new URL(await presignGet('k'));
  expect((await fetch(url)).status).toBe(200);
  change(url);
  expect(await codeOf(await fetch(url))).toEqual([403, 'SignatureDoesNotMatch']);
});

test('a URL for one method is not one for another', async () => {
  await stack.client.send(new PutObjectCommand({ ...at('k'), Body: 'x' }));
  const url = await presignGet('k');
  expect(await codeOf(await fetch(url, { method: 'PUT', body: 'evil' }))).toEqual([
    403,
    'SignatureDoesNotMatch',
  ]);
  expect(await codeOf(await fetch(url, { method: 'DELETE' }))).toEqual([
    403,
    'SignatureDoesNotMatch',
  ]);
});

test('a URL works to the end of its life, and not before it begins', async () => {
  await stack.client.send(new PutObjectCommand({ ...at('k'), Body: 'x' }));
  const url = await presignGet('k');
  stack.clock.offsetMs = 55_000;
  expect((await fetch(url)).status).toBe(200);
  stack.clock.offsetMs = 61_000;
  expect(await codeOf(await fetch(url))).toEqual([403, 'AccessDenied']);
  stack.clock.offsetMs = -3_600_000;
  expect(await codeOf(await fetch(url))).toEqual([403, 'AccessDenied']);
});

test('a signed length binds the size of an upload', async () => {
  const url = await getSignedUrl(
    signer(),
    new PutObjectCommand({ ...at('sized'), ContentLength: 5 }),
    { expiresIn: 60, signableHeaders: new Set(['content-length']) },
  );
  expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
  expect((await fetch(url, { method: 'PUT', body: '123456' })).status).toBe(403);
  expect((await fetch(url, { method: 'PUT', body: '12345' })).status).toBe(200);
});

test('an unsigned x-amz header on a presigned URL is refused', async () => {
  await stack.client.send(new PutObjectCommand({ ...at('secret'), Body: 'secret' }));
  const response = await fetch(await presignPut('mine'), {
    method: 'PUT',
    headers: { 'x-amz-copy-source': `/${BUCKET}/secret` },
  });
  expect(await codeOf(response)).toEqual([403, 'AccessDenied']);
});

test.each([
  ['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ['an unknown key id', { accessKeyId: 'nobody' }, 'InvalidAccessKeyId'],
])('%s is a 403', async (_name, change, name) => {
  const client = clientOf({ ...stack.config, ...change }, stack.url);
  await expect(
    client.send(new PutObjectCommand({ ...at('k'), Body: 'x'.repeat(3_000_000) })),
  ).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
  client.destroy();
});

test('a request signed long ago is refused', async () => {
  stack.clock.offsetMs = 16 * 60_000;
  await expect(
    clientOf(stack.config, stack.url).send(new GetObjectCommand(at('k'))),
  ).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
});

test('no signature at all is AccessDenied', async () => {
  expect(await codeOf(await fetch(`${stack.url}/${BUCKET}/k`))).toEqual([403, 'AccessDenied']);
});

test('a body that is not the one signed is refused', async () => {
  const client = signer();
  client.middlewareStack.add(
    (next) => (args) => {
      // After signing: same length, other bytes.
      Object.assign(args.request as object, { body: 'evil' });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(
    client.send(new PutObjectCommand({ ...at('k'), Body: 'good' })),
  ).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
});

test('an upload that breaks off stores nothing', async () => {
  const url = await presignPut('half');
  await new Promise<void>((resolve) => {
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': '1000000' } });
    request.on('error', () => resolve());
    request.write('x'.repeat(100_000), () => request.destroy(new Error('cut')));
  });
  expect(await codeOf(await fetch(await presignGet('half')))).toEqual([404, 'NoSuchKey']);
});

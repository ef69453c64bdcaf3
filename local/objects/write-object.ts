import { readObjectBody, readSmallBody } from './body.ts';
import type { Operation } from './context.ts';
import { S3Error } from './s3-error.ts';
import { amzHeader } from './s3-request.ts';
import type { S3Request } from './s3-request.ts';
import { headersToStore } from './stored-headers.ts';
import { document, element, elementsNamed, textOf } from './xml.ts';
import type { Xml } from './xml.ts';

export const MAX_XML_BYTES = 2 * 1024 * 1024;

/** Whether the write is for a new key only. @throws S3Error for conditions that are not supported */
export function onlyNew(request: S3Request): boolean {
  if (request.headers['if-match'] !== undefined) {
    throw new S3Error('NotImplemented', 'If-Match is not supported on writes.');
  }
  const condition = request.headers['if-none-match'];
  if (condition !== undefined && condition !== '*') {
    throw new S3Error('NotImplemented', 'On writes If-None-Match can only be *.');
  }
  return condition === '*';
}

export const alreadyThere = (): S3Error =>
  new S3Error('PreconditionFailed', 'The key exists, and If-None-Match: * was asked for.');

export function sendXml(operation: Operation, root: Xml): void {
  const body = Buffer.from(document(root));
  operation.response
    .writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length })
    .end(body);
}

export async function putObject(operation: Operation): Promise<void> {
  const { index, blobs, request, message, mode, key, response } = operation;
  const mustBeNew = onlyNew(request);
  // Told before the body is sent for nothing; decided again when it is there.
  if (mustBeNew && index.object(request.bucket, key) !== undefined) throw alreadyThere();
  const blob = await blobs.write(readObjectBody(message, request, mode));
  const unnamed = index.put(
    request.bucket,
    key,
    {
      blob: blob.id,
      size: blob.size,
      etag: blob.md5Hex,
      modifiedAt: operation.now(),
      headers: headersToStore(request),
    },
    mustBeNew,
  );
  for (const id of unnamed ?? [blob.id]) blobs.remove(id);
  if (unnamed === undefined) throw alreadyThere();
  response.writeHead(200, { etag: `"${blob.md5Hex}"` }).end();
}

/** Bucket and key of `x-amz-copy-source`: `/bucket/key`, URL-encoded. */
function copySource(request: S3Request): { bucket: string; key: string } {
  const source = amzHeader(request, 'x-amz-copy-source') ?? '';
  let decoded: string;
  try {
    decoded = decodeURIComponent(source);
  } catch (error) {
    throw new S3Error('InvalidArgument', `x-amz-copy-source is not URL-encoded: ${String(error)}`);
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (bucket === undefined || key === undefined || source.includes('?versionId=')) {
    throw new S3Error('InvalidArgument', 'x-amz-copy-source must be /<bucket>/<key>.');
  }
  return { bucket, key };
}

/** CopyObject: the copy shares the bytes, which are never changed. */
export function copyObject(operation: Operation): void {
  const { index, blobs, buckets, request, key } = operation;
  const from = copySource(request);
  if (!buckets.includes(from.bucket)) throw new S3Error('NoSuchBucket', 'No such source bucket.');
  const source = index.object(from.bucket, from.key);
  if (source === undefined) throw new S3Error('NoSuchKey', 'The source key does not exist.');
  const replace = amzHeader(request, 'x-amz-metadata-directive') === 'REPLACE';
  const modifiedAt = operation.now();
  const { blob, size, etag } = source;
  const headers = replace ? headersToStore(request) : source.headers;
  const unnamed = index.put(
    request.bucket,
    key,
    { blob, size, etag, modifiedAt, headers },
    onlyNew(request),
  );
  if (unnamed === undefined) throw alreadyThere();
  for (const id of unnamed) blobs.remove(id);
  sendXml(
    operation,
    element('CopyObjectResult', [
      element('ETag', `"${etag}"`),
      element('LastModified', new Date(modifiedAt).toISOString()),
    ]),
  );
}

export function deleteObject({ index, blobs, request, response, key }: Operation): void {
  for (const id of index.remove(request.bucket, [key])) blobs.remove(id);
  response.writeHead(204).end();
}

/** DeleteObjects: up to 1,000 keys, all at once. */
export async function deleteObjects(operation: Operation): Promise<void> {
  const { index, blobs, request, message, mode } = operation;
  const text = await readSmallBody(message, request, mode, MAX_XML_BYTES);
  const keys = elementsNamed(text, 'Object').map((one) => textOf(one, 'Key') ?? '');
  if (keys.length === 0 || keys.length > 1_000 || keys.includes('')) {
    throw new S3Error('MalformedXML', 'Delete names 1 to 1000 objects, each with its Key.');
  }
  for (const id of index.remove(request.bucket, keys)) blobs.remove(id);
  const quiet = textOf(text, 'Quiet') === 'true';
  const deleted = keys.map((key) => element('Deleted', [element('Key', key)]));
  sendXml(operation, element('DeleteResult', quiet ? [] : deleted));
}

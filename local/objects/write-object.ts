import { readObjectBody } from './body.ts';
import type { Operation } from './context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { headersToStore } from './stored-headers.ts';
import { document } from './xml.ts';
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

export function deleteObject({ index, blobs, request, response, key }: Operation): void {
  for (const id of index.remove(request.bucket, key)) blobs.remove(id);
  response.writeHead(204).end();
}

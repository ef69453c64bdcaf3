import { createHash, randomBytes } from 'node:crypto';
import { readObjectBody, readSmallBody } from './body.ts';
import type { Operation } from './context.ts';
import type { Part, Upload } from './object-index.ts';
import { S3Error } from './s3-error.ts';
import { amzHeader, parameter } from './s3-request.ts';
import { headersToStore } from './stored-headers.ts';
import { MAX_XML_BYTES, alreadyThere, onlyNew, sendXml } from './write-object.ts';
import { element, elementsNamed, textOf } from './xml.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

const noSuchUpload = (): S3Error =>
  new S3Error('NoSuchUpload', 'The multipart upload does not exist, was completed or aborted.');

function uploadOf({ index, request, key }: Operation): Upload {
  const upload = index.upload(parameter(request, 'uploadId') ?? '', request.bucket, key);
  if (upload === undefined) throw noSuchUpload();
  return upload;
}

export function createUpload(operation: Operation): void {
  const { index, request, key } = operation;
  const { bucket } = request;
  const id = randomBytes(18).toString('base64url');
  index.startUpload({ id, bucket, key, headers: headersToStore(request) }, operation.now());
  sendXml(
    operation,
    element('InitiateMultipartUploadResult', [
      element('Bucket', bucket),
      element('Key', key),
      element('UploadId', id),
    ]),
  );
}

export async function uploadPart(operation: Operation): Promise<void> {
  const { index, blobs, request, message, mode, response } = operation;
  const upload = uploadOf(operation);
  const number = Number(parameter(request, 'partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error('InvalidArgument', 'partNumber is an integer from 1 to 10000.');
  }
  if (amzHeader(request, 'x-amz-copy-source') !== undefined) {
    throw new S3Error('NotImplemented', 'UploadPartCopy is not supported.');
  }
  const blob = await blobs.write(readObjectBody(message, request, mode));
  const part = { number, blob: blob.id, size: blob.size, etag: blob.md5Hex };
  const unnamed = index.putPart(upload, part);
  for (const id of unnamed ?? [blob.id]) blobs.remove(id);
  if (unnamed === undefined) throw noSuchUpload();
  response.writeHead(200, { etag: `"${blob.md5Hex}"` }).end();
}

/** The parts the client lists, checked against what was uploaded. */
export function chooseParts(text: string, uploaded: readonly Part[]): Part[] {
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const chosen: Part[] = [];
  for (const one of elementsNamed(text, 'Part')) {
    const number = Number(textOf(one, 'PartNumber'));
    const etag = (textOf(one, 'ETag') ?? '').replaceAll('"', '');
    const part = byNumber.get(number);
    if (part === undefined || part.etag !== etag) {
      throw new S3Error('InvalidPart', `Part ${number} was not uploaded, or has another ETag.`);
    }
    if (number <= (chosen.at(-1)?.number ?? 0)) {
      throw new S3Error('InvalidPartOrder', 'Parts must be listed in ascending order.');
    }
    chosen.push(part);
  }
  if (chosen.length === 0) throw new S3Error('MalformedXML', 'No part is listed.');
  if (chosen.slice(0, -1).some((part) => part.size < MIN_PART_BYTES)) {
    throw new S3Error('EntityTooSmall', 'Every part but the last has at least 5 MiB.');
  }
  return chosen;
}

export async function completeUpload(operation: Operation): Promise<void> {
  const { index, blobs, request, message, mode, key } = operation;
  const mustBeNew = onlyNew(request);
  const upload = uploadOf(operation);
  const text = await readSmallBody(message, request, mode, MAX_XML_BYTES);
  const parts = chooseParts(text, index.parts(upload.id));
  const blob = await blobs.write(blobs.concat(parts.map((part) => part.blob)));
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  const etag = `${md5.digest('hex')}-${parts.length}`;
  const unnamed = index.endUpload(upload, {
    blob: blob.id,
    size: blob.size,
    etag,
    modifiedAt: operation.now(),
    headers: upload.headers,
    onlyNew: mustBeNew,
  });
  if (unnamed === 'taken' || unnamed === undefined) {
    blobs.remove(blob.id);
    throw unnamed === 'taken' ? alreadyThere() : noSuchUpload();
  }
  for (const id of unnamed) blobs.remove(id);
  sendXml(
    operation,
    element('CompleteMultipartUploadResult', [
      element('Bucket', request.bucket),
      element('Key', key),
      element('ETag', `"${etag}"`),
    ]),
  );
}

export function abortUpload(operation: Operation): void {
  const { index, blobs, response } = operation;
  const unnamed = index.endUpload(uploadOf(operation));
  if (!Array.isArray(unnamed)) throw noSuchUpload();
  for (const id of unnamed) blobs.remove(id);
  response.writeHead(204).end();
}

import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isMissing } from './blobs.ts';
import type { Operation } from './context.ts';
import type { StoredObject } from './object-index.ts';
import { S3Error } from './s3-error.ts';

/** The object and its open file. An overwrite between the two is met by looking again. */
async function openObject(
  operation: Operation,
): Promise<{ object: StoredObject; file: FileHandle }> {
  const { index, blobs, request, key } = operation;
  for (let attempt = 0; ; attempt += 1) {
    const object = index.object(request.bucket, key);
    if (object === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
    try {
      return { object, file: await blobs.open(object.blob) };
    } catch (error) {
      if (!isMissing(error) || attempt === 10) throw error;
    }
  }
}

/** The one range of a file that is asked for, as `bytes=2-5`; null for the whole. */
function rangeOf({ headers }: Operation['request'], size: number) {
  if (headers['range'] === undefined) return null;
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers['range']) ?? [];
  const range = { start: Number(from), end: Math.min(Number(to), size - 1) };
  if (from === '') throw new S3Error('NotImplemented', 'This form of Range is not supported.');
  if (range.start > range.end) throw new S3Error('InvalidRange', 'The range cannot be satisfied.');
  return range;
}

/** GetObject, whole or one range of it. */
export async function getObject(operation: Operation): Promise<void> {
  const { object, file } = await openObject(operation);
  try {
    const range = rangeOf(operation.request, object.size);
    const { start, end } = range ?? { start: 0, end: object.size - 1 };
    operation.response.writeHead(range === null ? 200 : 206, {
      ...object.headers,
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modified_at).toUTCString(),
      'content-length': end - start + 1,
      ...(range !== null && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
    });
    // A stream cannot end before its first byte.
    const part = object.size === 0 ? {} : { start, end };
    await pipeline(file.createReadStream({ autoClose: false, ...part }), operation.response);
  } finally {
    await file.close();
  }
}
